import type { CheckpointHead } from '../../models/checkpoint.ts';
import { ProblemError } from '../../protocol/problems.ts';
import type { PretrainedFolder } from './folder.ts';
import type { PretrainedWeights } from './weights.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The labels of the head that a checkpoint brings. Undefined where it has
 * none that chooses one of several labels: other classes, a score instead of labels, several labels at once. Throws
 * `model-mismatch` where the names are not as many as the outputs.
 */
export function labelsOf(
  folder: PretrainedFolder,
  fields: Fields,
  { suffix, output }: CheckpointHead,
  weights: PretrainedWeights,
): string[] | undefined {
  const { architectures, problem_type: kind, id2label } = fields;
  const names = Array.isArray(architectures) ? architectures : [];
  if (!names.some((name) => String(name).endsWith(suffix))) return undefined;
  const count = weights.shape(output, '')?.[0] ?? 0;
  if (count < 2 || kind === 'regression' || kind === 'multi_label_classification') return undefined;
  const named = typeof id2label === 'object' && id2label !== null ? (id2label as Fields) : undefined;
  const labels = Array.from({ length: count }, (_, i) => named?.[i] ?? (named ? undefined : `LABEL_${i}`));
  const known = named ? Object.keys(named).length : count;
  if (known !== count || labels.some((label) => typeof label !== 'string') || new Set(labels).size < count)
    throw new ProblemError('model-mismatch', {
      file: folder.path('config.json'),
      field: 'id2label',
      value: known,
      expected: count,
    });
  return labels as string[];
}
