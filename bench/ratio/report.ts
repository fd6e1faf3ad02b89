import { readFileSync, writeFileSync } from 'node:fs';
import { EQUAL_WITHIN, type MatchResult, type Side, stepMs } from '../../src/lib/match.ts';
import { SIZES, type Sizes } from '../../src/protocol/bench-sizes.ts';
import type { circumstances } from '../lib/results.ts';
import { ROOT } from '../lib/root.ts';
import type { Pairing } from './page.ts';

export interface Row {
  pairing: Pairing;
  result?: MatchResult;
  /** Why there is none. */
  failed?: string;
}

export interface RatioResults extends ReturnType<typeof circumstances> {
  browser: string;
  rows: readonly Row[];
}

const RESULTS = `${ROOT}bench/ratio/results.json`;
const README = `${ROOT}bench/README.md`;
const [BEGIN, END] = ['<!-- ratio -->', '<!-- /ratio -->'];
const HEAD = [
  'model',
  'sizes',
  'against',
  'ours on',
  'losses differ by',
  'ours, ms',
  'peer, ms',
  'peer / ours',
  '95 %',
  'dispatches',
];

const sizesOf = (sizes: Sizes): string =>
  Object.entries(sizes)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const ms = (side: Side): string => stepMs(side).toPrecision(3);

/** What a row says: the ratio only where the losses are equal, or why there is none. */
function cells({ pairing, result, failed }: Row): string[] {
  const { model, scale, peer, backend, oursOn = backend, ours: what } = pairing;
  const first = [
    `\`${model}\`${what ? ', forward' : ''}`,
    sizesOf(SIZES[model][scale]),
    `${peer} on ${backend}`,
    oursOn,
  ];
  if (!result) return [...first, '–', '–', '–', failed?.split('\n')[0] ?? '', '', ''];
  const { ours, peer: other, difference, ratio, ratios } = result;
  const { differs } = other.about;
  const gap = differs ? `another network: ${differs}` : difference.toExponential(1);
  if (ratios.length === 0) return [...first, gap, '–', '–', `not the same: over ${EQUAL_WITHIN}`, '', ''];
  const dispatches = ours.dispatches > 0 || other.dispatches > 0 ? `${ours.dispatches} / ${other.dispatches}` : '';
  const interval = `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`;
  return [...first, gap, ms(ours), ms(other), `**${ratio.median.toFixed(2)}**`, interval, dispatches];
}

export function table(rows: readonly Row[]): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cells)];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Keeps every block's times, and puts the table between the marks of the README. */
export function writeRatio(results: RatioResults): void {
  writeFileSync(RESULTS, `${JSON.stringify(results)}\n`);
  const page = readFileSync(README, 'utf8');
  const [before, rest = ''] = page.split(BEGIN);
  const { date, machine, load, browser, rows } = results;
  const adapters = [...new Set(rows.flatMap(({ result }) => result?.ours.about.adapter ?? []))].join('; ');
  const head = `${date} UTC; ${machine}; load ${load.toFixed(1)} as it began; ${browser}, headless; adapters: ${adapters}.`;
  writeFileSync(README, `${before}${BEGIN}\n\n${head}\n\n${table(rows)}\n\n${END}${rest.split(END)[1] ?? ''}`);
}
