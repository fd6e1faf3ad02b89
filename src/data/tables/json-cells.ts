/** A JSON value as a cell: lists and objects as JSON text, nothing as nothing. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return isoDate(value);
  // Bytes of pictures and sounds are no text.
  if (ArrayBuffer.isView(value)) return '';
  return typeof value === 'object' ? JSON.stringify(value, plainer) : String(value);
}

const plainer = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** Without the time where it is midnight: spreadsheets keep days so. */
const isoDate = (date: Date): string =>
  Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/T00:00:00\.000Z$/, '');

export type JsonObject = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of text that is no JSON, the place of the first character that cannot be: from 0, its length where more should come. */
export function jsonErrorAt(text: string): number {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  const string = (): boolean => {
    if (text[at] !== '"') return false;
    at++;
    for (;;) {
      // All from the blank on but quote and backslash.
      skip(/[ !#-[\]-\uffff]*/y);
      if (text[at] === '"') {
        at++;
        return true;
      }
      if (!skip(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)) return false;
    }
  };
  const list = (end: string, item: () => boolean): boolean => {
    at++;
    skip(SPACE);
    if (text[at] === end) {
      at++;
      return true;
    }
    for (;;) {
      if (!item()) return false;
      skip(SPACE);
      if (text[at] === end) {
        at++;
        return true;
      }
      if (text[at] !== ',') return false;
      at++;
      skip(SPACE);
    }
  };
  const entry = (): boolean => {
    if (!string()) return false;
    skip(SPACE);
    if (text[at] !== ':') return false;
    at++;
    return value();
  };
  const value = (): boolean => {
    skip(SPACE);
    if (text[at] === '{') return list('}', entry);
    if (text[at] === '[') return list(']', value);
    if (text[at] === '"') return string();
    return skip(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y);
  };
  if (value()) skip(SPACE);
  return at;
}

const SPACE = /[ \t\n\r]*/y;
