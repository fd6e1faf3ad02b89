import { compareRuns } from './compare-runs.bench.ts';
import { counts } from './counts.bench.ts';
import { digitsEpoch } from './digits-epoch.bench.ts';
import { firstPaint } from './first-paint.bench.ts';
import { flatMemory } from './flat-memory.bench.ts';
import { gptTokens } from './gpt-tokens.bench.ts';
import { halfCache } from './half-cache.bench.ts';
import type { Bench } from './lib/figure.ts';
import { circumstances, type Results, readResults, table, writeResults } from './lib/results.ts';
import { loraStep } from './lora-step.bench.ts';
import { manyExamples } from './many-examples.bench.ts';
import { manyPictures } from './many-pictures.bench.ts';
import { memory } from './memory.bench.ts';
import { methods } from './methods.bench.ts';
import { pageTasks } from './page-tasks.bench.ts';
import { photosToHead } from './photos-to-head.bench.ts';
import { prefix } from './prefix.bench.ts';
import { products } from './products.bench.ts';
import { ratio } from './ratio.bench.ts';
import { samples } from './samples.bench.ts';
import { textsToHead } from './texts-to-head.bench.ts';
import { wasm } from './wasm.bench.ts';

const BENCHES: readonly Bench[] = [
  counts,
  photosToHead,
  digitsEpoch,
  textsToHead,
  samples,
  gptTokens,
  prefix,
  halfCache,
  products,
  loraStep,
  wasm,
  methods,
  pageTasks,
  compareRuns,
  firstPaint,
  memory,
  manyPictures,
  manyExamples,
  flatMemory,
  ratio,
];

/** Measures what is named, or everything; `--rounds=3` repeats so often. Prints a table and keeps it in the README. */
export async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const rounds = args.find((arg) => arg.startsWith('--rounds='));
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0)
    throw new Error(
      `There is no bench "${unknown.join('", "')}"; there are ${BENCHES.map(({ name }) => name).join(', ')}.`,
    );
  const chosen = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name));
  let measured: Results = {};
  for (const bench of chosen) {
    console.log(`\n== ${bench.name}`);
    const around = circumstances();
    const figures = await bench.measure(rounds ? Number(rounds.split('=')[1]) : undefined);
    // it writes a document of its own
    if (figures.length === 0) continue;
    for (const { what, details } of figures)
      console.log(`${what}\n${details.map((detail) => `  ${detail}`).join('\n')}`);
    measured = { ...measured, [bench.name]: { ...around, figures } };
    const all = { ...readResults(), ...measured };
    writeResults(Object.fromEntries(BENCHES.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : []))));
  }
  console.log(`\n${table(measured)}`);
}
