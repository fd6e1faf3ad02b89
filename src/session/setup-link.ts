import { METHOD_METAS, type MethodId } from '../methods/metas.ts';
import type { ModelMeta } from '../models/meta.ts';
import { MODEL_METAS, shippedModel } from '../models/metas.ts';
import { type DatasetSummary, DEFAULT_SPLIT, type SplitSettings } from '../protocol/dataset.ts';
import type { ModelRef } from '../protocol/model.ts';
import { defaultsOf, type OptionSpec, type OptionValue, type OptionValues } from '../protocol/options.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { RunSettings } from '../protocol/run.ts';
import { SAMPLES, type SampleId } from '../protocol/samples.ts';
import { optionSettings } from '../protocol/settings.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import { serves } from './defaults.ts';

/** A sample that the site ships with a model that it ships, and every setting of the run: what a link carries. */
export interface SetUp {
  sample: SampleId;
  settings: RunSettings;
}

/** Stands before the set-up in the address. */
export const LINK = '#setup=';
const VERSION = 1;
/** Characters of a link, of a text in it, and names in a list: all settings at their longest take less. */
const MOST = { link: 8000, text: 2000, names: 64, name: 80 };

/** Groups of settings that differ from their defaults; what does not is left out. */
type Groups = Record<string, OptionValues>;

/**
 * The part of an address that carries a set-up: base64url of a small JSON (version, sample, model, method, and every
 * setting that is not at its default). Throws `link-too-long` where it would be refused.
 */
export function linkOf({ sample, settings }: SetUp): string {
  const { model, method, task } = settings;
  const values = settings as unknown as Record<string, OptionValue | OptionValues>;
  const groups: Groups = {
    options: unlike(method.options, METHOD_METAS[method.id as MethodId].options),
    task: unlike(task, taskOptions(model.id)),
  };
  optionSettings((specs, form) => {
    groups[form ?? 'settings'] = unlike((form ? values[form] : values) as OptionValues, specs);
    return defaultsOf(specs);
  });
  const told = Object.entries(groups).filter(([, group]) => Object.keys(group).length > 0);
  const json = { v: VERSION, sample, model: model.id, method: method.id, ...Object.fromEntries(told) };
  const link = LINK + toBase64Url(JSON.stringify(json));
  if (link.length > MOST.link) throw new ProblemError('link-too-long', { most: MOST.link });
  return link;
}

const unlike = (values: OptionValues, specs: readonly OptionSpec[]): OptionValues =>
  Object.fromEntries(
    specs.flatMap(({ name, default: usual }) =>
      values[name] === undefined || String(values[name]) === String(usual) ? [] : [[name, values[name]]],
    ),
  );

/**
 * What a link sets up, every part of it looked at: whoever made it may have meant harm or another version. Throws
 * `link-too-long`, `link-damaged` (no such JSON), `link-version`, `link-unknown` (a sample, model, method or setting that is
 * not here), `link-value` (a value that its setting does not take).
 */
export function readLink(link: string): SetUp {
  if (link.length > MOST.link) throw new ProblemError('link-too-long', { most: MOST.link });
  const { v, sample: sampleId, model: modelId, method: methodId, ...groups } = record(parse(link), 'link-damaged');
  if (typeof v !== 'number') throw new ProblemError('link-damaged');
  if (v !== VERSION) throw new ProblemError('link-version', { version: v });
  const sample = SAMPLES.find(({ id }) => id === sampleId);
  if (!sample) throw unknown(sampleId);
  const model = typeof modelId === 'string' ? shippedModel(modelId) : undefined;
  if (!model || !serves(taskOf(model.id), taskOf(sample.model))) throw unknown(modelId);
  if (typeof methodId !== 'string' || !Object.hasOwn(METHOD_METAS, methodId)) throw unknown(methodId);

  const read = new Set<string>();
  const take = (group: string, specs: readonly OptionSpec[]): OptionValues => {
    read.add(group);
    return valuesOf(Object.hasOwn(groups, group) ? groups[group] : {}, specs);
  };
  const options = take('options', METHOD_METAS[methodId as MethodId].options);
  const task = take('task', taskOptions(model.id));
  const settings = optionSettings((specs, form) => take(form ?? 'settings', specs));
  const other = Object.keys(groups).find((group) => !read.has(group));
  if (other !== undefined) throw unknown(other);
  return {
    sample: sample.id,
    settings: {
      ...settings,
      model: { kind: 'shipped', id: model.id },
      method: { id: methodId, options },
      task,
    },
  };
}

/** The options' values: those given, each looked at, and the others at their defaults. */
function valuesOf(given: unknown, specs: readonly OptionSpec[]): OptionValues {
  const values = record(given, 'link-damaged');
  const stranger = Object.keys(values).find((name) => !specs.some((spec) => spec.name === name));
  if (stranger !== undefined) throw unknown(stranger);
  return Object.fromEntries(
    specs.map((spec) => {
      if (!Object.hasOwn(values, spec.name)) return [spec.name, spec.default];
      const value = values[spec.name];
      if (!fits(spec, value)) throw new ProblemError('link-value', { name: spec.name, value: brief(value) });
      return [spec.name, value];
    }),
  );
}

function fits(spec: OptionSpec, value: unknown): value is OptionValue {
  switch (spec.type) {
    case 'integer':
      return Number.isInteger(value) && (value as number) >= spec.min && (value as number) <= spec.max;
    case 'number':
      return typeof value === 'number' && value >= spec.min && value <= spec.max;
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value);
    case 'switch':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string' && value.length <= MOST.text;
    case 'list':
      return (
        Array.isArray(value) &&
        value.length <= MOST.names &&
        value.every((name) => typeof name === 'string' && name.length <= MOST.name)
      );
    default:
      return spec satisfies never;
  }
}

// ---- what is there

const taskOf = (model: string): string =>
  Object.values<ModelMeta>(MODEL_METAS).find(({ shipped }) => shipped.some(({ id }) => id === model))?.task ?? '';

const taskOptions = (model: string): readonly OptionSpec[] =>
  Object.values(TASK_METAS).find(({ id }) => id === taskOf(model))?.options ?? [];

/** Why a set-up cannot be put into a link: the data is a person's own, or no longer as it ships, or the model is their own. */
export type NoLink = 'own-data' | 'changed-data' | 'own-model';

/** The sample that is open, as it ships; or why what is open goes into no link. */
export function sampleOpen(dataset: DatasetSummary, model: ModelRef): { sample: SampleId } | { why: NoLink } {
  const sample = SAMPLES.find(({ path }) => path.replace(/^.*\//, '').replace(/\.\w+$/, '') === dataset.name);
  if (!sample || sample.kind !== dataset.kind) return { why: 'own-data' };
  const { examples, split, undo } = dataset;
  const edited = undo !== undefined || (dataset.kind === 'text' && dataset.editedBefore);
  const drawn = (Object.keys(DEFAULT_SPLIT) as (keyof SplitSettings)[]).every(
    (key) => split[key] === DEFAULT_SPLIT[key],
  );
  if (edited || !drawn || examples.length !== sample.examples || examples.excluded.some(Boolean))
    return { why: 'changed-data' };
  return model.kind === 'shipped' ? { sample: sample.id } : { why: 'own-model' };
}

// ---- what a link is made of

const unknown = (name: unknown) => new ProblemError('link-unknown', { name: brief(name) });
/** What a stranger wrote is not shown at length. */
const brief = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, 60);

function record(value: unknown, code: 'link-damaged'): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ProblemError(code);
  return value as Record<string, unknown>;
}

function parse(link: string): unknown {
  try {
    if (!link.startsWith(LINK)) throw new Error('no set-up');
    return JSON.parse(fromBase64Url(link.slice(LINK.length)));
  } catch {
    throw new ProblemError('link-damaged');
  }
}

/** UTF-8 as base64 without what an address would escape (RFC 4648, section 5). */
function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  if (!/^[\w-]*$/.test(text)) throw new Error('other characters');
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
