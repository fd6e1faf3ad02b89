/** Sums the counts that runners left in the files named, prints them as one line, and fails where any test did. */
import { add, judge, line, NOTHING, readCounts } from './lib/counts.mjs';

const total = process.argv
  .slice(2)
  .map((path) => judge(readCounts(path), 0))
  .reduce(add, NOTHING);
console.log(line(total));
process.exitCode = total.failed === 0 ? 0 : 1;
