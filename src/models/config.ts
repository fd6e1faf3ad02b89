import { ProblemError } from '../protocol/problems.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads fields of a `config.json`; a field that is not what it should be is a `model-config` problem that names it. */
export const reader = (config: Fields) => ({
  integer(name: string, min = 1): number {
    const value = config[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= min) return value;
    throw new ProblemError('model-config', { field: name, value: String(value), expected: `integer >= ${min}` });
  },
  number(name: string, fallback?: number): number {
    const value = config[name] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new ProblemError('model-config', { field: name, value: String(value), expected: 'number' });
  },
  /** One of some words; `fallback` where the field is left out. */
  choice<T extends string>(name: string, options: readonly T[], fallback: T): T {
    const value = config[name] ?? fallback;
    if (options.some((option) => option === value)) return value as T;
    throw new ProblemError('model-config', { field: name, value: String(value), expected: options.join(', ') });
  },
  /** Throws unless the field, where it is given, has the one value that is supported. */
  only(name: string, supported: string | boolean): void {
    const value = config[name] ?? supported;
    if (value !== supported)
      throw new ProblemError('model-config', { field: name, value: String(value), expected: String(supported) });
  },
  list<T>(name: string, read: (item: unknown) => T): T[] {
    const value = config[name];
    if (Array.isArray(value) && value.length > 0) return value.map(read);
    throw new ProblemError('model-config', { field: name, value: String(value), expected: 'list' });
  },
});
