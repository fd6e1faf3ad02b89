import { readFileSync, writeFileSync } from 'node:fs';
import { ROOT } from '../lib/root.ts';
import { CONTENDERS } from './contenders.ts';
import { WHAT } from './model-ids.ts';
import type { Counted } from './run-children.ts';
import type { StepCounts } from './step-counter.ts';

const README = `${ROOT}bench/README.md`;
const [BEGIN, END] = ['<!-- counts -->', '<!-- /counts -->'];

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
const whole = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

const COLUMNS: readonly [head: string, cell: (counts: StepCounts) => string][] = [
  ['dispatches', (c) => whole(c.dispatches)],
  ['passes', (c) => whole(c.passes)],
  ['submits', (c) => whole(c.submits)],
  ['copies', (c) => whole(c.copies)],
  ['buffers created', (c) => whole(c.buffersCreated)],
  ['bind groups', (c) => whole(c.bindGroups)],
  ['pipelines', (c) => whole(c.pipelines)],
  ['uploaded KB', (c) => (c.uploadBytes / 1e3).toFixed(1)],
  ['batch KB', (c) => (c.batchBytes / 1e3).toFixed(1)],
  ['uniforms KB', (c) => (c.uniformBytes / 1e3).toFixed(1)],
  ['awaited reads', (c) => whole(c.awaitedReads)],
  ['live MB', (c) => mb(c.liveBytes)],
  ['leaked KB', (c) => (c.leakedBytes / 1e3).toFixed(1)],
  ['peak MB', (c) => mb(c.peakBytes)],
  ['allocated MB', (c) => mb(c.allocatedBytes)],
  ['JavaScript ms', (c) => c.jsMs.toFixed(1)],
];

/** A row for each model and contender, in Markdown. */
export function countsTable(counted: readonly Counted[]): string {
  const head = ['', '', ...COLUMNS.map(([name]) => name)];
  const rows = counted.map(({ model, contender, counts }) => [
    WHAT[model],
    `${CONTENDERS[contender].label}${counts.errors.length > 0 ? ' (invalid commands)' : ''}`,
    ...COLUMNS.map(([, cell]) => cell(counts)),
  ]);
  const widths = head.map((name, i) => Math.max(3, name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [head, rule, ...rows].map(line).join('\n');
}

/** Dispatches by name, the most frequent first. */
export const tallyLines = ({ tally = {} }: StepCounts): string =>
  Object.entries(tally)
    .sort(([, a], [, b]) => b - a)
    .map(([name, calls]) => `${whole(calls).padStart(7)}  ${name}`)
    .join('\n');

/** Puts the table into the README. */
export function writeTable(counted: readonly Counted[]): void {
  const page = readFileSync(README, 'utf8');
  const [before, rest = ''] = page.split(BEGIN);
  writeFileSync(README, `${before}${BEGIN}\n\n${countsTable(counted)}\n\n${END}${rest.split(END)[1] ?? ''}`);
}
