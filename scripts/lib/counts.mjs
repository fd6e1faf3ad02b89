import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export const NOTHING = { passed: 0, failed: 0 };
export const ONE_PASSED = { passed: 1, failed: 0 };
export const ONE_FAILED = { passed: 0, failed: 1 };

export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** The one closing line. */
export function line({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/** Counts of a report by Vitest's JSON reporter. A file that did not load counts as one failed test. */
export function countReport({ numPassedTests, numFailedTests, testResults }) {
  const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
}

/** A run that ended badly has failed, whatever it counted, and so has one that counted nothing. */
export function judge(counts, exitCode) {
  const empty = counts.passed + counts.failed === 0;
  return counts.failed === 0 && (exitCode !== 0 || empty) ? add(counts, ONE_FAILED) : counts;
}

/** Reads a JSON file as `read` sees it; nothing where it is missing or torn. */
export function readCounts(path, read = (counts) => add(NOTHING, counts)) {
  if (!existsSync(path)) return NOTHING;
  try {
    return read(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return NOTHING;
  }
}

/** Leaves the counts for whoever asked, by naming a file in `TEST_COUNTS`. */
export function leaveCounts(counts) {
  const path = process.env.TEST_COUNTS;
  if (path) writeFileSync(path, `${JSON.stringify(counts)}\n`);
}
