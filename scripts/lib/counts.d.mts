export interface Counts {
  passed: number;
  failed: number;
}
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
}
export const NOTHING: Counts;
export const ONE_PASSED: Counts;
export const ONE_FAILED: Counts;
export function add(a: Counts, b: Counts): Counts;
export function line(counts: Counts): string;
export function countReport(report: Report): Counts;
export function judge(counts: Counts, exitCode: number): Counts;
export function readCounts(path: string, read?: (parsed: never) => Counts): Counts;
export function leaveCounts(counts: Counts): void;
