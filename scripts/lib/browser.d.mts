export const CHROMIUM_FLAGS: readonly string[];
export function findBrowser(): { executablePath?: string };
