import type { Finding, FindingCase, FindingKind } from '../../protocol/dataset.ts';
import { type Columns, examined } from './columns.ts';
import type { Fingerprint } from './fingerprint.ts';
import { median, spread } from './spread.ts';

/** Levels by which a picture that shows nothing may differ from its own mean, mostly and at most: noise, vignetting. */
const EVEN = 2.5;
const EVEN_MOST = 12;

/** Nearly one colour all over. */
export const isBlank = ({ luma, colour }: Fingerprint): boolean =>
  isEven(luma, 0, 1) && [0, 1, 2].every((channel) => isEven(colour, channel, 3));

/** Every `step`-th value is near their mean. */
function isEven(values: Uint8Array, first: number, step: number): boolean {
  let [sum, squares, low, high] = [0, 0, 255, 0];
  for (let i = first; i < values.length; i += step) {
    const value = values[i]!;
    sum += value;
    squares += value * value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const count = values.length / step;
  const mean = sum / count;
  return squares / count - mean * mean <= EVEN ** 2 && Math.max(high - mean, mean - low) <= EVEN_MOST;
}

/** How many times smaller than the middle picture, side against side, a picture is far too small. */
const SMALLER = 4;
/** How many times longer for its width than the middle picture a picture is odd: the square that a model sees is little of it. */
const LONGER = 2;
/** Spreads (median absolute deviations, as standard deviations of a normal distribution) within which nothing is odd. */
const SPREADS = 4;

/** Blank pictures, and those whose size or shape is far from the others'. */
export function pictureFindings(columns: Columns): Finding[] {
  const ids = examined(columns);
  const blank = ids.filter((id) => isBlank(columns.fingerprints[id]!));
  const findings = [
    finding(
      'blank',
      'warning',
      blank.map((id) => ({ ids: [id], values: {} })),
    ),
    oddSizes(
      columns,
      ids.filter((id) => !isBlank(columns.fingerprints[id]!)),
    ),
  ];
  return findings.filter(({ cases }) => cases.length > 0);
}

/** Upright and lying pictures are alike; more square ones are never odd, nor larger ones. */
function oddSizes({ widths, heights }: Columns, ids: readonly number[]): Finding {
  const sides = ids.map((id) => 0.5 * Math.log(widths[id]! * heights[id]!));
  const lengths = ids.map((id) => Math.abs(Math.log(widths[id]! / heights[id]!)));
  const [side, length] = [median(sides), median(lengths)];
  const least = side - Math.max(Math.log(SMALLER), SPREADS * spread(sides, side));
  const most = length + Math.max(Math.log(LONGER), SPREADS * spread(lengths, length));
  const values = { width: median(ids.map((id) => widths[id]!)), height: median(ids.map((id) => heights[id]!)) };
  const cases = ids.flatMap((id, i): FindingCase[] => {
    const reason = lengths[i]! > most ? 'long' : sides[i]! < least ? 'small' : undefined;
    return reason ? [{ ids: [id], values: { reason, width: widths[id]!, height: heights[id]! } }] : [];
  });
  return finding('odd-size', 'note', cases, values);
}

function finding(
  kind: FindingKind,
  severity: Finding['severity'],
  cases: readonly FindingCase[],
  values: Finding['values'] = {},
): Finding {
  const ids = cases.flatMap((one) => one.ids);
  return { kind, severity, cases, values: { count: cases.length, ...values }, remedy: { kind: 'exclude', ids } };
}
