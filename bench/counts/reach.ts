/** What must be reached, and how far it is. */
import type { Figure } from '../lib/figure.ts';
import { CONTENDERS, type ContenderId } from './contenders.ts';
import { MODEL_IDS, type ModelId, WHAT } from './model-ids.ts';
import type { Counted } from './run-children.ts';
import type { StepCounts } from './step-counter.ts';

/** Dispatches of a full step at most. */
const DISPATCHES: Readonly<Record<ModelId, number>> = {
  mlp: 10,
  minilm: 118,
  'gpt-4l': 76,
  gpt2: 204,
  efficientnet: 212,
};
/** Of what is done beside it: so many times the above at most. */
const VARIANTS = ['lora', 'dropout', 'clipping'] as const;
const VARIANT_TIMES = 1.3;
/** Megabytes of the 4-layer GPT at most, as it is and with gradient checkpointing. */
const PEAK_MB = { ours: 220, checkpointing: 120 } as const;
/** So many times ours the stock's JavaScript is at least. */
const JS_TIMES = 30;
const ON = "Dawn's null device, Node";

type Find = (model: ModelId, contender: ContenderId) => StepCounts;

const figure = (o: Pick<Figure, 'what' | 'target' | 'unit' | 'samples' | 'details'>): Figure => ({
  ...o,
  decides: 'worst',
  on: ON,
});

const dispatchesOf = (find: Find) =>
  MODEL_IDS.map((model) =>
    figure({
      what: `dispatches of a full training step: ${WHAT[model]}`,
      target: { at: 'most', value: DISPATCHES[model] },
      unit: 'dispatches',
      samples: [find(model, 'ours').dispatches],
      details: [`stock: ${find(model, 'fit').dispatches} with model.fit, ${find(model, 'loop').dispatches} in a loop`],
    }),
  );

function variants(find: Find): Figure {
  const all = MODEL_IDS.flatMap((model) =>
    VARIANTS.map((variant) => {
      const { dispatches } = find(model, variant);
      const times = dispatches / DISPATCHES[model];
      return { times, words: `${model}, ${CONTENDERS[variant].label}: ${dispatches}, ${times.toFixed(2)} x` };
    }),
  );
  return figure({
    what: 'dispatches of the same models with LoRA, with dropout, with clipping, against what a full step may take',
    target: { at: 'most', value: VARIANT_TIMES },
    unit: 'x',
    samples: all.map(({ times }) => times),
    details: all.filter(({ times }) => times > VARIANT_TIMES).map(({ words }) => `over it: ${words}`),
  });
}

/** What must be 0 in every step of ours. */
const none = (find: Find, o: { what: string; unit: Figure['unit']; value(counts: StepCounts): number }): Figure => {
  const all = MODEL_IDS.flatMap((model) =>
    (['ours', ...VARIANTS] as const).map((contender) => ({ model, contender, value: o.value(find(model, contender)) })),
  );
  return figure({
    what: `${o.what}, of every model, as it is and with LoRA, dropout and clipping`,
    target: { at: 'most', value: 0 },
    unit: o.unit,
    samples: all.map(({ value }) => value),
    details: all
      .filter(({ value }) => value > 0)
      .map(({ model, contender, value }) => `${model}, ${CONTENDERS[contender].label}: ${value}`),
  });
};

const peak = (find: Find, contender: keyof typeof PEAK_MB): Figure => {
  const { peakBytes, allocatedBytes } = find('gpt-4l', contender);
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return figure({
    what: `most bytes that tensors take in a step: ${WHAT['gpt-4l']}${contender === 'ours' ? '' : ', with gradient checkpointing'}`,
    target: { at: 'most', value: PEAK_MB[contender] },
    unit: 'MB',
    samples: [peakBytes / 1e6],
    details: [
      `of all buffers, those that lie ready to be used again with them: ${mb(allocatedBytes)}`,
      `stock: ${mb(find('gpt-4l', 'fit').peakBytes)}; nanogpt: ${mb(find('gpt-4l', 'nanogpt').peakBytes)}`,
    ],
  });
};

function javaScript(find: Find): Figure {
  const all = MODEL_IDS.map((model) => ({ model, ours: find(model, 'ours').jsMs, stock: find(model, 'loop').jsMs }));
  return figure({
    what: "processor time of a step's JavaScript, a loop of stock operations against ours",
    target: { at: 'least', value: JS_TIMES },
    unit: 'x',
    samples: all.map(({ ours, stock }) => stock / ours),
    details: all.map(({ model, ours, stock }) => `${model}: ${ours.toFixed(1)} ms, stock ${stock.toFixed(0)} ms`),
  });
}

export function reached(counted: readonly Counted[]): Figure[] {
  const find: Find = (model, contender) => {
    const found = counted.find((one) => one.model === model && one.contender === contender);
    if (!found) throw new Error(`${contender} of ${model} was not counted`);
    return found.counts;
  };
  return [
    ...dispatchesOf(find),
    variants(find),
    none(find, { what: 'uploads beside the batch and uniforms', unit: 'B', value: (c) => c.uploadBytes }),
    none(find, { what: 'buffers created in a steady step', unit: 'buffers', value: (c) => c.buffersCreated }),
    none(find, { what: 'read-backs that a step waits for', unit: 'reads', value: (c) => c.awaitedReads }),
    peak(find, 'ours'),
    peak(find, 'checkpointing'),
    javaScript(find),
  ];
}
