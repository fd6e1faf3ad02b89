/** Paths of dropped files and archive entries: folders with `/` between them, no leading slash. */

/**
 * One spelling for one file: forward slashes, no drive letter, no `.`, `..` or empty parts, composed accents (macOS
 * decomposes them). What would lead out of the folder that all lies in stays in it.
 */
export function tidyPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.' && !(parts.length === 0 && DRIVE.test(part))) parts.push(part);
  }
  return parts.join('/').normalize('NFC');
}

const DRIVE = /^[a-z]:$/i;

/** Whether a path, taken literally, leads out of the folder that it is relative to. */
export function leadsOut(path: string): boolean {
  const parts = path.replaceAll('\\', '/').split('/');
  let depth = 0;
  for (const part of parts) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return parts[0] === '' || DRIVE.test(parts[0]!);
}

export const partsOf = (path: string): string[] => path.split('/');
/** Without a slash at its end; empty at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The outermost folder where all paths lie in one; else empty. */
export function commonFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  const top = first.slice(0, Math.max(0, first.indexOf('/')));
  return top && paths.every((path) => path.startsWith(`${top}/`)) ? top : '';
}

/** In lower case, without the dot; empty where there is none. */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}
export const withoutExtension = (path: string): string => {
  const extension = extensionOf(path);
  return extension ? path.slice(0, -extension.length - 1) : path;
};

const SYSTEM_NAMES = new Set(['__macosx', 'thumbs.db', 'desktop.ini', '$recycle.bin', 'system volume information']);

/** What operating systems leave behind: nobody meant to drop it. */
export const isHidden = (path: string): boolean =>
  partsOf(path).some((part) => part.startsWith('.') || SYSTEM_NAMES.has(part.toLowerCase()));

/** Order by UTF-16 unit: the same on every machine, whatever its language. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
