import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Taken } from './examples/taken.ts';
import { type Bench, type Figure, spread } from './lib/figure.ts';
import { ROOT } from './lib/root.ts';
import { ON_NODE } from './lib/shipped.ts';

const TURNS = 6;
const MEGA = 2 ** 20;

const DEVICES = [
  { name: 'wasm', words: 'on WASM', on: ON_NODE },
  { name: 'webgpu', words: 'for WebGPU, JavaScript alone', on: "WebGPU on Dawn's null device, Node: JavaScript alone" },
] as const;

/**
 * A step's processor time on 1,000, 10,000 and 50,000 pictures of Fashion-MNIST: the engine's own loop from the prepared
 * pictures to the weights, the three sets in turn.
 */
export const manyExamples: Bench = {
  name: 'many-examples',
  async measure(turns = TURNS) {
    const figures: Figure[] = [];
    for (const { name, words, on } of DEVICES) {
      const taken = await measured(name, turns);
      figures.push(growth(taken, words, on), memory(taken, words, on));
    }
    return figures;
  },
};

async function measured(name: string, turns: number): Promise<Taken> {
  const args = ['--expose-gc', `${ROOT}bench/run.mjs`, '--examples-child', `--device=${name}`, `--turns=${turns}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Taken;
}

/** Each turn's step on the most examples against the one on the fewest in the same turn. */
function growth({ sizes, perStep, written }: Taken, words: string, on: string): Figure {
  const [least, most] = [perStep[0]!, perStep.at(-1)!];
  const sizesInWords = sizes.map((size) => size.toLocaleString('en-US'));
  return {
    what: `a step on ${sizesInWords.at(-1)} pictures against one on ${sizesInWords[0]}, ${words}, in processor time`,
    target: { at: 'most', value: 1.1 },
    unit: 'x',
    samples: most.map((ms, turn) => ms / least[turn]!),
    decides: 'median',
    on,
    details: [
      'digits-cnn, everything trainable, 32 pictures of 28 x 28 px a step, turns of 40 steps on each set in ascending and descending order',
      'the pictures are prepared: the decoding of each, once, is not in it; each is new to a step on the 10,000 and the 50,000, and an old one to most on the 1,000',
      ...sizesInWords.map((size, place) => {
        const bytes = written[place]! > 0 ? `, ${(written[place]! / 1000).toFixed(1)} KB written to the GPU` : '';
        return `${size} pictures: ${median(perStep[place]!)} ms a step${bytes}`;
      }),
      `to three digits: ${(spread(most).median / spread(least).median).toFixed(3)} x between medians`,
    ],
  };
}

const median = (samples: readonly number[]): string => spread(samples).median.toFixed(1);

const memory = ({ sizes, perStep, grown }: Taken, words: string, on: string): Figure => ({
  what: `what the process holds more after ${40 * sizes.length * perStep[0]!.length} such steps ${words}`,
  target: { at: 'most', value: 4 },
  unit: 'MB',
  samples: [Math.max(0, grown / MEGA)],
  decides: 'worst',
  on,
  details: [],
});
