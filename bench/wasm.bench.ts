import { greatestDifference } from '../src/models/testing.ts';
import { type Bench, type Figure, spread, withSpread } from './lib/figure.ts';
import { buildWasmPage, openWasmPage, type WasmPage } from './lib/wasm-page.ts';
import { AGAINST_STOCK, ON_THREADS, type Who } from './wasm-page/sizes.ts';

/** Steps whose losses must agree: stock TensorFlow.js takes the better part of a minute for each. */
const EQUAL_STEPS = 3;
const EQUAL_WITHIN = 1e-3;
/** Steps of a block. */
const STEPS = 6;

const model = (pictures: number): string => `EfficientNet-Lite0, every weight, 224 px, batch ${pictures}`;

interface Block {
  clock: number;
  processor: number;
}

interface Side {
  page: WasmPage;
  name: Who;
  /** "wasm, 2 threads" */
  adapter: string;
  losses: readonly number[];
  blocks: Block[];
}

/** A full training step on WebAssembly: one thread against several, and against TensorFlow.js as it comes on `cpu`. */
export const wasm: Bench = {
  name: 'wasm',
  async measure(rounds = 5) {
    await buildWasmPage();
    const [isolated, alone] = [await openWasmPage(true), await openWasmPage(false)];
    const several = await start(isolated, `ours-${ON_THREADS}`);
    const one = await start(alone, `ours-${ON_THREADS}`);
    checkEqual(one, several);
    for (let round = 0; round < rounds; round++)
      for (const side of [several, one, one, several]) side.blocks.push(await block(side, STEPS));
    const threads = threadsFigure(one, several, isolated);
    await isolated.close();
    const ours = await start(alone, `ours-${AGAINST_STOCK}`);
    const stock = await start(alone, `stock-${AGAINST_STOCK}`);
    checkEqual(ours, stock);
    for (let round = 0; round < Math.min(3, rounds); round++) {
      stock.blocks.push(await block(stock, 1));
      ours.blocks.push(await block(ours, STEPS));
    }
    const against = stockFigure(stock, ours, alone);
    await alone.close();
    return [against, threads];
  },
};

const gap = (a: Side, b: Side): number => greatestDifference(a.losses, b.losses);

function checkEqual(a: Side, b: Side): void {
  if (!(gap(a, b) < EQUAL_WITHIN)) throw new Error(`The losses of ${a.adapter} and of ${b.adapter} differ.`);
}

async function start(page: WasmPage, name: Who): Promise<Side> {
  const backend = name.startsWith('ours') ? 'wasm' : 'cpu';
  const setup = { contender: name, backend, model: 'efficientnet', scale: 'full' } as const;
  const { about } = await page.ask(name, { kind: 'start', setup }, 'started');
  const { losses } = await page.ask(name, { kind: 'losses', steps: EQUAL_STEPS }, 'losses');
  return { page, name, adapter: about.adapter, losses, blocks: [] };
}

/** Milliseconds a step. */
async function block({ page, name }: Side, steps: number): Promise<Block> {
  const before = await page.processorMs();
  const { ms } = await page.ask(name, { kind: 'block', steps }, 'block');
  return { clock: ms / steps, processor: ((await page.processorMs()) - before) / steps };
}

const clocks = (blocks: readonly Block[]): number[] => blocks.map(({ clock }) => clock);
const processors = (blocks: readonly Block[]): number[] => blocks.map(({ processor }) => processor);
const line = (adapter: string, blocks: readonly Block[]): string =>
  `${adapter}: ${withSpread(clocks(blocks), 'ms')} a step by the clock, ${withSpread(processors(blocks), 'ms')} on processors`;
const chromium = ({ browser }: WasmPage): string => `Chromium ${browser.version()} headless`;

/** Of each A B B A. */
function threadsFigure(one: Side, several: Side, page: WasmPage): Figure {
  const [slow, fast] = [one, several].map(({ blocks }) => clocks(blocks)) as [number[], number[]];
  const pair = (all: readonly number[], i: number) => all[2 * i]! + all[2 * i + 1]!;
  return {
    what: `a training step on one thread against one on several (${model(ON_THREADS)})`,
    target: { at: 'least', value: 1.5 },
    unit: 'x',
    samples: slow.filter((_, i) => i % 2 === 0).map((_, i) => pair(slow, i) / pair(fast, i)),
    decides: 'median',
    on: `${several.adapter} against ${one.adapter}, ${chromium(page)}, by the clock`,
    details: [
      line(several.adapter, several.blocks),
      line(one.adapter, one.blocks),
      `greatest difference of a loss over ${EQUAL_STEPS} steps ${gap(one, several).toExponential(1)}`,
    ],
  };
}

function stockFigure(stock: Side, ours: Side, page: WasmPage): Figure {
  const own = spread(processors(ours.blocks)).median;
  return {
    what: `a training step of TensorFlow.js as it comes on cpu against ours on WebAssembly (${model(AGAINST_STOCK)})`,
    target: { at: 'least', value: 5 },
    unit: 'x',
    samples: processors(stock.blocks).map((processor) => processor / own),
    decides: 'median',
    on: `${ours.adapter}, ${chromium(page)}, in processor time`,
    details: [
      line(stock.adapter, stock.blocks),
      line(ours.adapter, ours.blocks),
      `greatest difference of a loss over ${EQUAL_STEPS} steps ${gap(ours, stock).toExponential(1)}`,
      'one picture a step rather than 16: the other would take a quarter of an hour for those',
    ],
  };
}
