/** Longest run of characters that is counted, and how many times as much finding them weighs as having no others. */
const ORDER = 6;
const BETA = 2;

/** How often each run of `length` characters comes. */
function runs(characters: readonly string[], length: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + length <= characters.length; i++) {
    const run = characters.slice(i, i + length).join('');
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/**
 * chrF2 of a text against the one that was wanted, 0 to 100 (Popović 2015): the F score of runs of 1 to 6 characters,
 * blanks left out, precision and recall each averaged over the lengths that both texts have, as sacrebleu 2 does.
 */
export function chrf(written: string, expected: string): number {
  const [ours, theirs] = [written, expected].map((text) => [...text.replace(/\s+/gu, '')]);
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let length = 1; length <= ORDER; length++) {
    const [a, b] = [runs(ours!, length), runs(theirs!, length)];
    const [inOurs, inTheirs] = [sum(a.values()), sum(b.values())];
    if (inOurs === 0 || inTheirs === 0) continue;
    const both = sum([...a].map(([run, count]) => Math.min(count, b.get(run) ?? 0)));
    precision += both / inOurs;
    recall += both / inTheirs;
    orders++;
  }
  if (precision + recall === 0) return 0;
  const [p, r] = [precision / orders, recall / orders];
  return (100 * (1 + BETA ** 2) * p * r) / (BETA ** 2 * p + r);
}
