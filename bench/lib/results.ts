import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { type Figure, passes, targetWords, withSpread } from './figure.ts';
import { ROOT } from './root.ts';

/** What a bench found, and on what. */
export interface Result {
  date: string;
  machine: string;
  /** Load average of the last minute as the bench began: above the number of cores, others were at work too. */
  load: number;
  figures: readonly Figure[];
}
export type Results = Readonly<Record<string, Result>>;

const RESULTS = `${ROOT}bench/results.jsonl`;
const README = `${ROOT}bench/README.md`;
const [BEGIN, END] = ['<!-- results -->', '<!-- /results -->'];

const machine = (): string => {
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} cores of ${cores[0]?.model.trim()}, ${memory} GiB, ${platform()} ${arch()}, Node ${process.version}`;
};

/** What all results of this moment have in common. */
export const circumstances = (): Omit<Result, 'figures'> => ({
  date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  machine: machine(),
  load: loadavg()[0]!,
});

/** A line for each bench, so that one that is measured alone leaves the others as they were. */
export function readResults(): Results {
  if (!existsSync(RESULTS)) return {};
  const lines = readFileSync(RESULTS, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, Result]));
}

export function writeResults(results: Results): void {
  writeFileSync(
    RESULTS,
    `${Object.entries(results)
      .map((entry) => JSON.stringify(entry))
      .join('\n')}\n`,
  );
  const page = readFileSync(README, 'utf8');
  const [before, rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  writeFileSync(README, `${before}${BEGIN}\n\n${report(results)}\n${END}${after}`);
}

/** The table, then what each figure is made of, in Markdown. */
export function report(results: Results): string {
  return `${table(results)}\n${Object.entries(results).map(section).join('\n')}`;
}

const HEAD = ['figure', 'target', 'median (min–max)', 'n', '', 'bench'];

export function table(results: Results): string {
  const rows = Object.entries(results).flatMap(([name, { figures }]) =>
    figures.map((figure) => [
      figure.what,
      targetWords(figure),
      withSpread(figure.samples, figure.unit),
      String(figure.samples.length),
      passes(figure) ? 'pass' : 'MISS',
      name,
    ]),
  );
  const widths = HEAD.map((head, i) => Math.max(3, head.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return `${[HEAD, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')}\n`;
}

function section([name, { date, machine: on, load, figures }]: [string, Result]): string {
  const parts = figures.map(
    (figure) =>
      `${figure.what}: ${withSpread(figure.samples, figure.unit)}, on ${figure.on}.\n\n${figure.details.map((detail) => `- ${detail}`).join('\n')}\n`,
  );
  return `### ${name}\n\n${date} UTC; ${on}; load ${load.toFixed(1)} as it began.\n\n${parts.join('\n')}`;
}
