import type { ModelSummary, OwnProbes, ProbeKind, ShippedModel } from './model.ts';

/**
 * How data of a person's own scores a model's old task: by its labels where all of them are the model's own, else as the
 * model's own probes do without labels. Undefined where it is of another kind than the model takes, or the model has no
 * probes to stand in for.
 */
export function ownProbeKind(
  { data, labels }: Pick<OwnProbes, 'data' | 'labels'>,
  shipped: Pick<ShippedModel, 'probes' | 'input'> | undefined,
  { labels: known }: Pick<ModelSummary, 'labels'>,
): ProbeKind | undefined {
  if (!shipped?.probes || shipped.input.kind !== data) return undefined;
  const { kind } = shipped.probes;
  if (kind === 'text' || kind === 'neighbours') return kind;
  return labels.length > 0 && labels.every((label) => known.includes(label)) ? 'labels' : 'answers';
}
