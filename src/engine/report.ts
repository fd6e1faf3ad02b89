import type { OpenedImages } from '../data/image-dataset.ts';
import { examined } from '../data/report/columns.ts';
import { type Columns, dataReport } from '../data/report/index.ts';
import { type TextColumns, textReport } from '../data/report/text/index.ts';
import { wholeText } from '../data/text/messages.ts';
import type { OpenedTexts } from '../data/text-dataset.ts';
import { Turns } from '../lib/turns.ts';
import type { DataReport } from '../protocol/dataset.ts';
import type { ModelRef } from '../protocol/model.ts';
import { defaultsOf } from '../protocol/options.ts';
import { TASK_METAS } from '../tasks/metas.ts';
import type { Studio } from './studio.ts';
import { lookAt } from './text-fit.ts';

/** The open data set as the report looks at it. */
export function columnsOf(dataset: OpenedImages): Columns {
  const { classes, examples } = dataset.summary();
  return {
    ...examples,
    classes: classes.map(({ name }) => name),
    fingerprints: dataset.pieces.map(({ fingerprint }) => fingerprint),
  };
}

/** What is wrong with the open data set as it stands; `model` is asked which texts it does not know. Throws `no-dataset`. */
export async function report(studio: Studio, model?: ModelRef): Promise<DataReport> {
  const dataset = studio.opened();
  const onProgress = studio.progress('report', 'items');
  if (dataset.kind === 'image') return dataReport(columnsOf(dataset), onProgress);
  const started = performance.now();
  const columns = await textColumnsOf(dataset);
  const coverage = model && (await coverageOf(studio, dataset, model));
  const findings = await textReport({ ...columns, ...(coverage ? { coverage } : {}) }, onProgress);
  return { findings, examined: examined(columns).length, ms: performance.now() - started };
}

async function textColumnsOf(dataset: OpenedTexts): Promise<TextColumns> {
  const { classes, examples } = dataset.summary();
  const turns = new Turns();
  const texts: string[] = [];
  for (let id = 0; id < dataset.length; id++) {
    texts.push(wholeText(dataset.example(id)));
    if (id % 256 === 0) await turns.next();
  }
  return { ...examples, classes: classes.map(({ name }) => name), texts };
}

/** None where the model is for other data, or cannot be reached: the rest of the report is worth having all the same. */
async function coverageOf(studio: Studio, { task }: OpenedTexts, model: ModelRef): Promise<TextColumns['coverage']> {
  const look = await lookAt(studio, model, defaultsOf(TASK_METAS[task].options)).catch(() => undefined);
  return look && { unknownShare: look.unknown, singleShare: look.single, examples: look.worst };
}
