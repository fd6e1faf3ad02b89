import { sourceOf } from '../src/engine/examples.ts';
import { LABELLED, labelled, sample, studioWith } from '../src/engine/testing/texts.ts';
import { startRun } from '../src/engine/training.ts';
import type { WorkerEvent } from '../src/protocol/messages.ts';
import { forTask, initialSettings } from '../src/session/defaults.ts';
import { type Bench, withSpread } from './lib/figure.ts';
import { processorMs } from './lib/processor.ts';
import { ON_NODE } from './lib/shipped.ts';

const TEXTS = 1000;
const MOST = 64;
const MEAN = 25;
const EPOCHS = 20;

/** From labelled texts to a trained head on the frozen MiniLM: tokens, the encoder once over all texts, then the epochs. */
export const textsToHead: Bench = {
  name: 'texts-to-head',
  async measure(rounds = 3) {
    const all: { whole: number; clock: number; prefix: number; tokens: number; longest: number }[] = [];
    for (let round = 0; round < rounds; round++) all.push(await once());
    return [
      {
        what: `${TEXTS} texts to a trained head (MiniLM-L6, ${EPOCHS} epochs, batch 32, in buckets of like length, embedding included)`,
        target: { at: 'most', value: 60 },
        unit: 's',
        samples: all.map(({ whole }) => whole),
        decides: 'median',
        on: `${ON_NODE}, in processor time`,
        details: [
          `texts: WordNet's definitions, put together until they have ${MEAN} tokens on average (${all[0]!.tokens.toFixed(1)}), at most ${MOST} (${all[0]!.longest}); 85 % train, the others validate`,
          `tokens and encoder: ${withSpread(
            all.map(({ prefix }) => prefix),
            's',
          )}; what bounds them is the products, 21 million operations a token`,
          `by the clock: ${withSpread(
            all.map(({ clock }) => clock),
            's',
          )}`,
        ],
      },
    ];
  },
};

/** So many definitions of a topic in each text that lengths are as stated. */
async function texts() {
  const topics = await sample('topics.csv', LABELLED);
  const { classes, labels } = topics.state;
  const of = classes.map((_, label) => [...labels.keys()].filter((id) => labels[id] === label));
  const text = (id: number) => {
    const example = topics.example(id);
    return 'text' in example ? example.text : '';
  };
  return Array.from({ length: TEXTS }, (_, i) => {
    const own = of[i % classes.length]!;
    const count = [1, 2, 1, 2, 1, 2, 1, 2, 2][Math.floor(i / classes.length) % 9]!;
    const parts = Array.from({ length: count }, (_, part) => text(own[(7 * i + 11 * part) % own.length]!));
    return [parts.join('; '), classes[i % classes.length]!] as const;
  });
}

async function once() {
  const model = { kind: 'shipped', id: 'minilm-l6' } as const;
  let embeddedAt = 0;
  const watch = (event: WorkerEvent) => {
    if (event.kind === 'run-status' && event.status.phase === 'running' && embeddedAt === 0) embeddedAt = processorMs();
  };
  const studio = studioWith(await labelled(await texts()), watch);
  studio.change((data) => data.resplit({ validation: 0.15, test: 0, seed: 42 }));
  await studio.chooseBackend('wasm');
  const loaded = await studio.model(model);
  const base = forTask({ ...initialSettings(), model, epochs: EPOCHS, batchSize: 32 }, 'text-classification');
  const settings = {
    ...base,
    task: { ...base.task, maxLength: MOST },
    earlyStopping: { ...base.earlyStopping, enabled: false },
  };
  const dataset = studio.needDataset();
  const source = sourceOf(dataset, loaded, settings.task);
  const ids = [...dataset.ids('train'), ...dataset.ids('validation')];
  const [before, beforeAt] = [processorMs(), performance.now()];
  const { phase } = await startRun(studio, 'run', settings);
  const whole = (processorMs() - before) / 1000;
  const clock = (performance.now() - beforeAt) / 1000;
  if (phase !== 'done') throw new Error(`The run ended as ${phase}.`);
  await studio.forget('run');
  const lengths = ids.map((id) => source.length!(id));
  const tokens = lengths.reduce((sum, length) => sum + length, 0) / ids.length;
  return { whole, clock, prefix: (embeddedAt - before) / 1000, tokens, longest: Math.max(...lengths) };
}
