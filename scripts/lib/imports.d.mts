export function sourceModules(root: string): string[];
export function checkImports(root: string): Promise<{ read: number; problems: string[] }>;
