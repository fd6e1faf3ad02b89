export const CHROMIUM_FLAGS: readonly string[];
export const NO_BROWSER: string;
export function browserPaths(platform?: string, env?: Record<string, string | undefined>): string[];
export function findBrowser(): { executablePath: string } | { channel: string };
export function ensureBrowser(): Promise<string | null>;
