/** Paths of dropped files and archive entries: folders with `/` between them, no leading slash. */

/** One spelling for one file: forward slashes, no `.`, `..` or empty parts, composed accents (macOS decomposes them). */
export const tidyPath = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')
    .normalize('NFC');

export const partsOf = (path: string): string[] => path.split('/');
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

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
