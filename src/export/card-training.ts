import type { Finish, OptimizerId, RunSettings } from '../protocol/run.ts';
import { isInUse, TRAINING_OPTIONS } from '../protocol/settings.ts';
import { isTuned } from './card-facts.ts';
import { marksText } from './card-method.ts';
import { oldTaskText } from './card-old-task.ts';
import { count, duration, number, plain, table, UNMEASURED } from './markdown.ts';
import { augmentationText, curesText, fewShotText } from './settings-text.ts';
import { TASK_EXPORTS } from './tasks/index.ts';
import type { TunedModel } from './tuned-model.ts';

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

/** How it was trained: every setting that it differs by, and how it ended. */
export function trainingSection(model: TunedModel): string {
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
