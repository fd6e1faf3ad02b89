import { type Zippable, zipSync } from 'fflate';
import { writeSafetensors } from '../lib/safetensors.ts';
import type { ExportedFile } from '../protocol/result.ts';
import { modelCard } from './card.ts';
import { curvesCsv, curvesRows } from './curves.ts';
import { insideCsv } from './inside.ts';
import type { PythonRecipe } from './python.ts';
import { FORMAT, settingsFile } from './settings-file.ts';
import { zipName } from './slug.ts';
import { snippet } from './snippet.ts';
import type { TunedModel } from './tuned-model.ts';

/** What Python needs beside the model. */
export interface PythonSide {
  recipe: PythonRecipe;
  /**
   * Texts that go into the zip as they are: the task's modules, those that `recipe.files` names, and the base model's
   * `LICENSE` and `NOTICE`.
   */
  files: Readonly<Record<string, string>>;
}

/** The earliest that a zip can say, in local time as zips do: the same bytes on every day and in every place. */
const NO_DATE = new Date(1980, 0, 1);

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** `config.json` with the labels as `transformers` writes them. */
function configFile({ config, labels }: TunedModel): Record<string, unknown> {
  const { num_labels: _, ...rest } = config;
  if (labels.length === 0) return rest;
  return {
    ...rest,
    num_labels: labels.length,
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}

/** Every file by name, in the zip's order. */
export function exportFiles(model: TunedModel, python: PythonSide): ReadonlyMap<string, string | Uint8Array> {
  const missing = python.recipe.files.filter((name) => !Object.hasOwn(python.files, name));
  if (missing.length > 0) throw new Error(`missing from the export: ${missing.join(', ')}`);
  const metadata = { format: 'pt', architecture: model.config.architecture, base_model: model.base.id };
  const { marks = [], matrix } = model;
  const helpers = Object.entries(python.files).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map<string, string | Uint8Array>([
    ['README.md', modelCard(model, python.recipe, Object.keys(python.files))],
    ['config.json', json(configFile(model))],
    ...(model.labels.length > 0 ? ([['labels.json', json(model.labels)]] as const) : []),
    ...Object.entries(model.processorFiles),
    ['model.safetensors', writeSafetensors(model.weights, metadata)],
    ...methodFiles(model, metadata),
    ...oldHead(model, metadata),
    ['settings.json', json(settingsFile(model))],
    [
      'curves.json',
      json({
        format: FORMAT,
        points: curvesRows(model.history),
        ...(marks.length > 0 ? { marks } : {}),
        ...(matrix ? { matrix } : {}),
      }),
    ],
    ['curves.csv', curvesCsv(model.history)],
    ...(model.inside ? ([['inside.csv', insideCsv(model.inside)]] as const) : []),
    ...helpers,
  ]);
}

/** What a method added that is not merged, and the method as an adapter of `peft`. */
const methodFiles = (
  { applied, peft }: TunedModel,
  metadata: Readonly<Record<string, string>>,
): [string, string | Uint8Array][] => [
  ...(applied
    ? ([
        ['method.json', json({ ...applied.method, places: applied.places })],
        ['method.safetensors', writeSafetensors(applied.weights, metadata)],
      ] as [string, string | Uint8Array][])
    : []),
  ...(peft
    ? ([
        ['adapter/adapter_config.json', json(peft.config)],
        ['adapter/adapter_model.safetensors', writeSafetensors(peft.weights, metadata)],
      ] as [string, string | Uint8Array][])
    : []),
];

/** The head that the model came with; nothing where it had none. */
const oldHead = (
  { pretrainedHead: { labels, weights } }: TunedModel,
  metadata: Readonly<Record<string, string>>,
): [string, string | Uint8Array][] =>
  labels.length > 0
    ? [
        ['pretrained_head.safetensors', writeSafetensors(weights, metadata)],
        ['pretrained_labels.json', json(labels)],
      ]
    : [];

/** The tuned model as one zip that opens again in the studio and, by its own model card, in Python. */
export async function exportZip(model: TunedModel, python: PythonSide): Promise<ExportedFile> {
  const files = exportFiles(model, python);
  const bytes = new Map(
    [...files].map(([name, content]) => [
      name,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  );
  const zippable: Zippable = {};
  // Weights hardly pack: storing them saves the time.
  for (const [name, data] of bytes)
    zippable[name] = [data, { level: name.endsWith('.safetensors') ? 0 : 6, mtime: NO_DATE }];
  return {
    name: zipName(model.title, model.base.id),
    blob: new Blob([zipSync(zippable)], { type: 'application/zip' }),
    entries: [...bytes].map(([name, data]) => ({ name, bytes: data.byteLength })),
    snippet: snippet(python.recipe, model),
    card: files.get('README.md') as string,
  };
}
