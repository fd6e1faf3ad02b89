import { type ClassCounts, SPLITS } from '../protocol/dataset.ts';
import { examplesTaken } from '../protocol/run.ts';
import { isTuned, total } from './card-facts.ts';
import { methodFileRows, peftSection } from './card-method.ts';
import { resultSection } from './card-result.ts';
import { trainingSection } from './card-training.ts';
import { limitsOfBase } from './limits.ts';
import { code, count, percent, plain, quoted, span, table } from './markdown.ts';
import type { PythonRecipe } from './python.ts';
import { STUDIO } from './settings-file.ts';
import { installLine, snippet } from './snippet.ts';
import { TASK_EXPORTS } from './tasks/index.ts';
import type { TunedModel } from './tuned-model.ts';

/** With fewer examples than this, one moves a class's result by five points or more. */
const FEW = 20;

/** Identifiers of the Hugging Face Hub are SPDX's in lower case. */
function licenceLines(licence: string): string[] {
  if (!licence) return ['license: unknown'];
  if (/^[\w.-]+$/.test(licence)) return [`license: ${quoted(licence.toLowerCase())}`];
  return ['license: other', `license_name: ${quoted(licence)}`];
}

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
