import { version } from '../../package.json';
import { type ClassCounts, DEFAULT_SPLIT } from '../protocol/dataset.ts';
import type { OptionSpec, OptionValue, OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { Finish, RunSettings } from '../protocol/run.ts';
import { optionSettings } from '../protocol/settings.ts';
import type { ImportedModel, TunedModel } from './tuned-model.ts';

/** Of `settings.json` and the files that it stands with. A reader refuses what is newer. */
export const FORMAT = 1;
export const STUDIO = { name: 'Tuning Fork', version } as const;

type Kept = Pick<ImportedModel, 'title' | 'base' | 'settings' | 'data' | 'training' | 'test'>;
type Fields = Readonly<Record<string, unknown>>;

export const settingsFile = (model: TunedModel): Record<string, unknown> => ({
  format: FORMAT,
  studio: STUDIO,
  title: model.title,
  base: model.base,
  settings: model.settings,
  data: model.data,
  training: model.training,
  ...(model.test ? { test: model.test } : {}),
});

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);
const numberOf = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : fallback;
const countOf = (value: unknown): number => Math.max(0, Math.trunc(numberOf(value, 0)));
const shareOf = (value: unknown, fallback: number): number => {
  const share = numberOf(value, fallback);
  return share >= 0 && share <= 1 ? share : fallback;
};

const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

/** The value where the option allows it, else the option's default. */
function optionOf(spec: OptionSpec, value: unknown): OptionValue {
  switch (spec.type) {
    case 'switch':
      return typeof value === 'boolean' ? value : spec.default;
    case 'text':
      return typeof value === 'string' ? value : spec.default;
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value) ? value : spec.default;
    case 'list':
      return isNames(value) ? value : spec.default;
    case 'integer':
    case 'number': {
      const number = numberOf(value, spec.default);
      const fits = number >= spec.min && number <= spec.max && (spec.type === 'number' || Number.isInteger(number));
      return fits ? number : spec.default;
    }
    default:
      return spec satisfies never;
  }
}

/** Values that the options allow: the default for any other. */
export const optionsOf = (specs: readonly OptionSpec[], fields: Fields): OptionValues =>
  Object.fromEntries(specs.map((spec) => [spec.name, optionOf(spec, fields[spec.name])]));

/** Values of options whose specs are not at hand. */
export const plainOptions = (value: unknown): OptionValues =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).filter(
      (entry): entry is [string, OptionValue] =>
        isNames(entry[1]) || ['number', 'string', 'boolean'].includes(typeof entry[1]),
    ),
  );

function runSettings(value: unknown, base: Kept['base']): RunSettings {
  const fields = fieldsOf(value);
  const model = fieldsOf(fields.model);
  const method = fieldsOf(fields.method);
  return {
    ...optionSettings((specs, form) => optionsOf(specs, form ? fieldsOf(fields[form]) : fields)),
    model: {
      kind: model.kind === 'shipped' || model.kind === 'imported' ? model.kind : base.shipped ? 'shipped' : 'imported',
      id: textOf(model.id, base.id),
    },
    method: { id: textOf(method.id, 'full'), options: plainOptions(method.options) },
    task: plainOptions(fields.task),
  };
}

const classOf = (name: string, value: unknown): ClassCounts => {
  const counts = fieldsOf(fieldsOf(value).counts);
  return {
    name,
    counts: { train: countOf(counts.train), validation: countOf(counts.validation), test: countOf(counts.test) },
  };
};

function dataOf(value: unknown, title: string, labels: readonly string[]): Kept['data'] {
  const fields = fieldsOf(value);
  const split = fieldsOf(fields.split);
  const given = Array.isArray(fields.classes) ? fields.classes : [];
  return {
    name: textOf(fields.name, title),
    // The head says which classes there are; the file says only how many pictures each had.
    classes: labels.map((name) =>
      classOf(
        name,
        given.find((item) => fieldsOf(item).name === name),
      ),
    ),
    split: {
      validation: shareOf(split.validation, DEFAULT_SPLIT.validation),
      test: shareOf(split.test, DEFAULT_SPLIT.test),
      seed: countOf(split.seed ?? DEFAULT_SPLIT.seed),
    },
  };
}

const FINISHES = ['completed', 'early-stopping', 'halted', 'stop-keep', 'stop-discard', 'failed', 'lost'] as const;
FINISHES satisfies readonly Finish[];

function trainingOf(value: unknown): Kept['training'] {
  const fields = fieldsOf(value);
  return {
    backend: textOf(fields.backend, ''),
    adapter: textOf(fields.adapter, ''),
    finish: FINISHES.find((finish) => finish === fields.finish) ?? 'completed',
    epoch: Math.max(0, numberOf(fields.epoch, 0)),
    step: countOf(fields.step),
    seconds: Math.max(0, numberOf(fields.seconds, 0)),
    trainable: countOf(fields.trainable),
    total: countOf(fields.total),
  };
}

/** A result that does not add up is left out: it would be shown as measured. */
function testOf(value: unknown): Pick<ImportedModel, 'test'> {
  const { examples, correct, loss } = fieldsOf(value);
  const count = countOf(examples);
  if (count === 0 || typeof correct !== 'number' || !(correct >= 0 && correct <= count)) return {};
  return { test: { examples: count, correct: countOf(correct), loss: numberOf(loss, Number.NaN) } };
}

/**
 * What `settings.json` holds, which a person may have edited: a field that is missing or is not what it should be falls
 * back to its default, for the weights do not depend on it. Throws `model-config` where the format is a newer one.
 */
export function readSettings(value: Fields, title: string, labels: readonly string[]): Kept {
  const format = numberOf(value.format, FORMAT);
  if (format > FORMAT)
    throw new ProblemError('model-config', {
      file: 'settings.json',
      field: 'format',
      value: String(format),
      expected: String(FORMAT),
    });
  const base = fieldsOf(value.base);
  const named = textOf(value.title, title);
  const kept = {
    id: textOf(base.id, 'unknown'),
    shipped: base.shipped === true,
    licence: textOf(base.licence, ''),
    sha256: textOf(base.sha256, ''),
  };
  return {
    title: named,
    base: kept,
    settings: runSettings(value.settings, kept),
    data: dataOf(value.data, named, labels),
    training: trainingOf(value.training),
    ...testOf(value.test),
  };
}
