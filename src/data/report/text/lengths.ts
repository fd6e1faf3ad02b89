import type { Finding, FindingCase, FindingKind } from '../../../protocol/dataset.ts';
import { examined } from '../columns.ts';
import { median, spread } from '../spread.ts';
import type { TextColumns } from './columns.ts';
import { countWords, isEmpty } from './normal.ts';

/** How many times shorter or longer than the middle text a text must be at least. */
const SHORTER = 4;
const LONGER = 8;
/** Words of a text that may be called short: more say something, however long the others are. */
const FEW = 4;
/** Spreads of the logarithm (median absolute deviations, as standard deviations) within which no length is odd. */
const SPREADS = 4;

/** Empty texts, and those far shorter or longer than the others: measured by the set itself, whatever it is of. */
export function lengthFindings({ texts, ...columns }: TextColumns): Finding[] {
  const ids = examined(columns);
  const empty = ids.filter((id) => isEmpty(texts[id]!));
  const rest = ids.filter((id) => !isEmpty(texts[id]!));
  const words = rest.map((id) => countWords(texts[id]!));
  const sizes = words.map((count) => Math.log1p(count));
  const middle = median(sizes);
  const odd = SPREADS * spread(sizes, middle);
  const least = middle - Math.max(Math.log(SHORTER), odd);
  const most = middle + Math.max(Math.log(LONGER), odd);
  const values = { words: median(words) };
  const cases = (fits: (at: number) => boolean) =>
    rest.flatMap((id, at): FindingCase[] => (fits(at) ? [{ ids: [id], values: { words: words[at]! } }] : []));
  // No word at all: an emoji, a line of dashes
  const isShort = (at: number) => (words[at] === 0 ? middle > 0 : words[at]! <= FEW && sizes[at]! < least);
  return [
    finding(
      'empty-text',
      'warning',
      empty.map((id) => ({ ids: [id], values: { words: 0 } })),
      values,
    ),
    finding('short-text', 'note', cases(isShort), values),
    finding(
      'long-text',
      'note',
      cases((at) => sizes[at]! > most),
      values,
    ),
  ].filter((one) => one.cases.length > 0);
}

function finding(
  kind: FindingKind,
  severity: Finding['severity'],
  cases: readonly FindingCase[],
  values: Finding['values'],
): Finding {
  const ids = cases.flatMap((one) => one.ids);
  return { kind, severity, cases, values: { count: cases.length, ...values }, remedy: { kind: 'exclude', ids } };
}
