import { wilsonInterval } from '../lib/statistics.ts';
import { type ClassCounts, SPLITS, type Split } from '../protocol/dataset.ts';
import { examplesTaken, type Finish, type OptimizerId, type RunSettings } from '../protocol/run.ts';
import { isInUse, TRAINING_OPTIONS } from '../protocol/settings.ts';
import { marksText, methodFileRows, peftSection } from './card-method.ts';
import { oldTaskText } from './card-old-task.ts';
import { limitsOfBase } from './limits.ts';
import { code, count, duration, number, percent, plain, quoted, span, table, UNMEASURED } from './markdown.ts';
import type { PythonRecipe } from './python.ts';
import { STUDIO } from './settings-file.ts';
import { augmentationText, curesText, fewShotText } from './settings-text.ts';
import { installLine, snippet } from './snippet.ts';
import { TASK_EXPORTS } from './tasks/index.ts';
import type { TunedModel } from './tuned-model.ts';

/** With fewer examples than this, one moves a class's result by five points or more. */
const FEW = 20;

const total = (classes: readonly ClassCounts[], split: Split): number =>
  classes.reduce((sum, { counts }) => sum + counts[split], 0);

/** Identifiers of the Hugging Face Hub are SPDX's in lower case. */
function licenceLines(licence: string): string[] {
  if (!licence) return ['license: unknown'];
  if (/^[\w.-]+$/.test(licence)) return [`license: ${quoted(licence.toLowerCase())}`];
  return ['license: other', `license_name: ${quoted(licence)}`];
}

/** Whether it began with the base model's weights. */
const isTuned = ({ settings }: TunedModel): boolean => settings.start !== 'scratch';

/** The model card's metadata in the terms of the Hugging Face Hub. */
function frontMatter(model: TunedModel): string {
  const { task, config, base, title, test } = model;
  const { pipeline, library } = TASK_EXPORTS[task];
  const tags = [pipeline, isTuned(model) ? 'fine-tuned' : 'from-scratch', 'tuning-fork', config.architecture];
  const origin = isTuned(model) ? [`base_model: ${quoted(base.id)}`, 'base_model_relation: finetune'] : [];
  const result = test
    ? [
        'model-index:',
        `  - name: ${quoted(title || 'Tuned model')}`,
        '    results:',
        `      - task: { type: ${pipeline} }`,
        `        dataset: { name: ${quoted(title || 'Tuned model')}, type: own, split: test }`,
        `        metrics: [{ type: accuracy, value: ${test.correct / test.examples} }]`,
      ]
    : [];
  return [
    '---',
    ...licenceLines(base.licence),
    `library_name: ${library}`,
    `pipeline_tag: ${pipeline}`,
    ...origin,
    'tags:',
    ...tags.map((tag) => `  - ${quoted(tag)}`),
    'metrics:',
    `  - ${task === 'text-generation' ? 'perplexity' : 'accuracy'}`,
    ...result,
    '---',
  ].join('\n');
}

function intro(model: TunedModel): string {
  const { task, title, config, base, training } = model;
  const { kind, takes } = TASK_EXPORTS[task];
  const origin = isTuned(model)
    ? `fine-tuned from ${span(base.id)}`
    : `trained from scratch in the form of ${span(base.id)}, none of whose weights it began with,`;
  return `# ${plain(title) || 'Tuned model'}

A ${kind(model)} (architecture ${span(config.architecture)}, ${count(training.total)} parameters), ${origin} \
in the browser with ${STUDIO.name} ${STUDIO.version}. ${takes(model)}`;
}

/** A model that was opened from a download may have lost its counts. */
const isCounted = (classes: readonly ClassCounts[]): boolean => SPLITS.some((split) => total(classes, split) > 0);

function dataSection({ task, data }: TunedModel): string {
  const { classes, name, split } = data;
  const { many } = TASK_EXPORTS[task].example;
  const heading = `## Data\n\n“${plain(name)}”`;
  if (!isCounted(classes)) {
    const names = classes.map((one) => plain(one.name)).join(', ');
    return `${heading}. Classes: ${names}. How many ${many} of each there were is not recorded here.`;
  }
  const shares = `Shares of the split: validation ${percent(split.validation)}, test ${percent(split.test)}, drawn with \
seed ${split.seed}, unless the files named their split themselves.`;
  if (task === 'text-generation')
    return `${heading}: ${SPLITS.map((part) => `${count(total(classes, part))} for ${part}`).join(', ')}. ${shares}`;
  const row = ({ name: label, counts }: ClassCounts) => [plain(label), ...SPLITS.map((part) => count(counts[part]))];
  const sums = ['**All**', ...SPLITS.map((part) => count(total(classes, part)))];
  return `${heading}: ${many} of each class, by what they were used for. ${shares}

${table(['class', ...SPLITS], [...classes.map(row), sums])}`;
}

const FINISH: Record<Finish, string> = {
  completed: 'all epochs were run',
  'early-stopping': 'early stopping: the monitored value no longer improved',
  halted: 'halted, to be taken up again',
  'stop-keep': 'stopped by hand, the best weights kept',
  'stop-discard': 'stopped by hand',
  failed: 'the run broke off',
  lost: 'the graphics processor went away',
};

const OPTIMIZER_NAMES: Readonly<Record<OptimizerId, string>> = {
  adamw: 'AdamW',
  adam: 'Adam',
  sgd: 'SGD',
  rmsprop: 'RMSProp',
  lion: 'Lion',
  muon: 'Muon, other weights by AdamW',
};

/** The options of a kind that mean something beside the others, as "name value". */
const inUse = (s: RunSettings, kind: 'optimizers' | 'schedules'): string[] =>
  TRAINING_OPTIONS.filter((option) => kind in option && isInUse(option, s)).map(
    ({ name }) => `${name} ${number(Number(s[name]))}`,
  );

const optimizerText = (s: RunSettings): string => [OPTIMIZER_NAMES[s.optimizer], ...inUse(s, 'optimizers')].join(', ');

const scheduleText = (s: RunSettings): string =>
  [number(s.learningRate), s.schedule, ...inUse(s, 'schedules'), `${count(s.warmupSteps)} warm-up steps`].join(', ');

function batchText({ batchSize, accumulate }: RunSettings): string {
  return accumulate > 1 ? `${count(batchSize)}, ${count(accumulate)} of them in one step` : count(batchSize);
}

function stoppingText({
  enabled,
  monitor,
  mode,
  patience,
  minDelta,
  startFromEpoch,
  restoreBest,
  act,
}: RunSettings['earlyStopping']): string {
  const watched = `${act === 'mark' ? 'marked, not obeyed, ' : ''}on \`${monitor}\` (${mode})`;
  const kept = restoreBest ? 'best weights restored' : 'last weights kept';
  if (!enabled) return 'off';
  return `${watched}, patience ${patience}, smallest gain ${number(minDelta)}, from epoch ${startFromEpoch}; ${kept}`;
}

function methodText({ id, options }: RunSettings['method']): string {
  const values = Object.entries(options).map(([name, value]) => `${plain(name)} ${plain(String(value))}`);
  return values.length > 0 ? `${plain(id)} (${values.join(', ')})` : plain(id);
}

/** Settings that only this task's models have. */
function taskRows(task: TunedModel['task'], s: RunSettings): [string, string][] {
  if (task === 'image-classification')
    return [
      [
        'batch normalisation',
        s.batchNorm === 'batch' ? "each batch's statistics" : "the base model's statistics, frozen",
      ],
    ];
  return Object.entries(s.task)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [plain(name), plain(String(value))]);
}

const optional = (name: string, text: string | undefined): [string, string][] => (text ? [[name, text]] : []);

function trainingSection(model: TunedModel): string {
  const { task, settings: s, training: t, history } = model;
  const { many } = TASK_EXPORTS[task].example;
  const ran = history.reduce((most, { epoch }) => Math.max(most, epoch), 0);
  const rows: [string, string][] = [
    ['begun with', isTuned(model) ? 'the weights of the base model' : `weights drawn at random, seed ${s.seed}`],
    ['method', methodText(s.method)],
    ['weights trained', `${count(t.trainable)} of ${count(t.total)}`],
    ['optimizer', optimizerText(s)],
    ['learning rate', scheduleText(s)],
    ['weight decay', `${number(s.weightDecay)}, decoupled`],
    ...optional('L2 penalty', s.l2 > 0 ? number(s.l2) : undefined),
    ...optional('against forgetting', curesText(s)),
    ...optional('tasks in sequence', s.tasks > 1 ? count(s.tasks) : undefined),
    ...optional('dropout', s.dropout > 0 ? number(s.dropout) : undefined),
    ...optional('stochastic depth', s.stochasticDepth > 0 ? number(s.stochasticDepth) : undefined),
    ['batch size', batchText(s)],
    ['loss', `cross-entropy, label smoothing ${number(s.labelSmoothing)}, class weights ${s.classWeights}`],
    ['gradient clipping', s.clipNorm > 0 ? `global norm ${number(s.clipNorm)}` : 'none'],
    ...taskRows(task, s),
    ...optional(`augmentation of training ${many}`, augmentationText(s)),
    ...optional(`training ${many}`, fewShotText(s)),
    ['early stopping', stoppingText(s.earlyStopping)],
    ['seed', String(s.seed)],
    ['epochs', `${history.length > 0 ? number(ran) : UNMEASURED} of ${count(s.epochs)} run`],
    ['weights in this folder', `of epoch ${number(t.epoch)}, step ${count(t.step)}`],
    ['end', FINISH[t.finish]],
    ['time', duration(t.seconds)],
    ['computed on', plain([t.backend, t.adapter].filter(Boolean).join(', ') || 'unknown')],
  ];
  return `## Training

${table(['setting', 'value'], rows)}

\`curves.csv\` and \`curves.json\` hold the ${count(history.length)} measured points of the loss and accuracy curves, \
\`settings.json\` every setting.${marksText(model)}${oldTaskText(model)}`;
}

function resultSection({ task, test, written, data }: TunedModel): string {
  if (task === 'text-generation') return writtenSection(written);
  const { many } = TASK_EXPORTS[task].example;
  if (!test) return `## Result\n\nAccuracy on the test set: ${UNMEASURED}.`;
  const { low, high } = wilsonInterval(test.correct, test.examples);
  // A model that was opened from a download is tested on whatever data is open.
  const own = total(data.classes, 'test') === test.examples;
  const where = own
    ? `the ${count(test.examples)} ${many} of the test set, which took no part in training or in choosing the weights`
    : `${count(test.examples)} ${many}, of which it is not recorded whether they took part in training`;
  return `## Result

On ${where}, with the weights in this folder:

${table(
  ['figure', 'value'],
  [
    ['right', `${count(test.correct)} of ${count(test.examples)}`],
    ['accuracy', percent(test.correct / test.examples)],
    ['95 % interval (Wilson)', `${percent(low)} to ${percent(high)}`],
    ['loss', number(test.loss)],
  ],
)}`;
}

function writtenSection(written: TunedModel['written']): string {
  if (!written) return `## Result\n\nPerplexity on the test set: ${UNMEASURED}.`;
  return `## Result

On the ${count(written.examples)} texts of the test set, ${count(written.tokens)} tokens of answers, which took no part in \
training or in choosing the weights:

${table(
  ['figure', 'value'],
  [
    ['perplexity', number(Math.exp(written.loss))],
    ['loss, a token', number(written.loss)],
    ['next token right', percent(written.tokenAccuracy)],
    ...(written.answers > 0
      ? [
          ['answers written out, greedily', count(written.answers)],
          ['of them equal to the given one', percent(written.exactMatch)],
          ['chrF2 (Popović 2015)', number(written.chrf)],
        ]
      : []),
  ],
)}`;
}

/** A paragraph of the card's limits for each that applies. */
function limitsSection(model: TunedModel): string {
  const { task, data, base, test, settings } = model;
  const { example, limits: ofTask } = TASK_EXPORTS[task];
  const { many } = example;
  const learnt = data.classes.map(({ name, counts }) => ({
    name,
    count: examplesTaken(counts.train, settings.fewShot),
  }));
  const small = isCounted(data.classes) && task !== 'text-generation' ? learnt.filter((one) => one.count < FEW) : [];
  const named = small.map((one) => `${plain(one.name)} (${one.count})`).join(', ');
  const limits = [
    ...ofTask,
    ...(small.length > 0 ? [`Few ${many} to learn from, fewer than ${FEW}: ${named}.`] : []),
    ...(test && test.examples < 100
      ? [`The test set has ${count(test.examples)} ${many} only: take the interval above, not the single figure.`]
      : []),
    `The ${many} are not in this folder. Whether they resemble those that the model will meet, the figures cannot tell.`,
    ...(isTuned(model) ? limitsOfBase(base.id) : []),
  ];
  return `## Limits\n\n${limits.map((limit) => `- ${limit}`).join('\n')}`;
}

function licenceSection(model: TunedModel, files: readonly string[]): string {
  const { task, base } = model;
  const texts = ['LICENSE', 'NOTICE'].filter((name) => files.includes(name)).map((name) => `\`${name}\``);
  const where = texts.length > 0 ? ` (${texts.join(', ')})` : '';
  const licence = base.licence ? `${plain(base.licence)}${where}` : 'not known';
  const done = isTuned(model)
    ? 'Its weights were changed by fine-tuning.'
    : 'None of its weights is in this folder; its form and its processing are.';
  return `## Licence

Licence of the base model ${span(base.id)}: ${licence}. ${done} The rights \
in the ${TASK_EXPORTS[task].example.many} are those of whoever made them.${base.sha256 ? `\n\nSHA-256 of the base model's weights: ${span(base.sha256)}.` : ''}`;
}

function useSection(recipe: PythonRecipe, model: TunedModel): string {
  const { program, run, files } = TASK_EXPORTS[model.task];
  const rows = [
    ['`model.safetensors`', "every weight in single precision, with PyTorch's names and layouts"],
    ...methodFileRows(recipe, model),
    ...(model.labels.length > 0
      ? [['`config.json`, `labels.json`', 'the architecture, and what each output means']]
      : [['`config.json`', 'the architecture']]),
    ...files(model),
    ...(model.pretrainedHead.labels.length > 0
      ? [['`pretrained_head.safetensors`, `pretrained_labels.json`', 'the last layer that the base model came with']]
      : []),
    ['`settings.json`, `curves.csv`, `curves.json`', 'how it was trained'],
    ...(model.inside
      ? [['`inside.csv`', 'how far each weight moved, gradients and silent units, at each validation']]
      : []),
  ];
  return `## Use in Python

In the unzipped folder:

${code('sh', installLine(recipe, model))}

Save this as \`${program}\` beside the other files and run \`${run}\`:

${code('python', snippet(recipe, model))}

${table(['file', 'holds'], rows)}

Dropped onto ${STUDIO.name}, the zip opens again.`;
}

/** Without the result of a test set that has no picture: nothing was measured. */
function measured(model: TunedModel): TunedModel {
  const { test, ...untested } = model;
  return test && test.examples > 0 ? model : untested;
}

/** `README.md`: a model card for the Hugging Face Hub. Every figure is the model's. `files`: what else is in the zip. */
export function modelCard(tuned: TunedModel, recipe: PythonRecipe, files: readonly string[] = []): string {
  const model = measured(tuned);
  const sections = [
    frontMatter(model),
    intro(model),
    useSection(recipe, model),
    ...peftSection(model),
    resultSection(model),
    dataSection(model),
    trainingSection(model),
    limitsSection(model),
    licenceSection(model, files),
  ];
  return `${sections.join('\n\n')}\n`;
}
