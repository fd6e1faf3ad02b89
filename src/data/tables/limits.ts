import { ProblemError } from '../../protocol/problems.ts';

/** What a tab holds as strings without running out of memory. */
export const TABLE_LIMITS = { rows: 2_000_000, bytes: 2 ** 30 } as const;

/** Throws `table-too-large`. */
export function checkSize(file: string, size: Partial<Record<keyof typeof TABLE_LIMITS, number>>): void {
  for (const reason of ['rows', 'bytes'] as const) {
    const limit = TABLE_LIMITS[reason];
    if ((size[reason] ?? 0) > limit) throw new ProblemError('table-too-large', { file, reason, limit });
  }
}
