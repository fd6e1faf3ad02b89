export function missingPackages(root?: string): string[];
export function installPackages(): Promise<void>;
