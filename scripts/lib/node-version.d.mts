export function isSupported(version: string): boolean;
export function requireNode(version?: string): void;
