import type { DatasetSummary } from '@/protocol/dataset.ts';

/** Whether its examples have classes; texts to continue have none. */
export const isLabelled = (dataset: DatasetSummary): boolean =>
  dataset.kind === 'image' || dataset.task === 'text-classification';
