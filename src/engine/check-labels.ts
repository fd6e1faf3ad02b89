import type { Dataset } from '../data/opened-dataset.ts';
import { type LabelIssue, labelIssues } from '../lib/confident-learning.ts';
import { shippedModel } from '../models/metas.ts';
import { type Finding, SPLITS } from '../protocol/dataset.ts';
import type { ModelRef } from '../protocol/model.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { LoadedModel } from './model.ts';
import type { Studio } from './studio.ts';
import { unseen } from './unseen.ts';

const checking = new WeakSet<Studio>();

/**
 * Labels that are most probably wrong: a head on the pretrained model's features answers each example without having seen
 * it, and confident learning weighs the answers. Throws `busy` while a run is under way, or once one begins, and what
 * opening a view and a model throws.
 */
export async function checkLabels(studio: Studio, ref: ModelRef): Promise<Finding> {
  if (studio.active || checking.has(studio)) throw new ProblemError('busy');
  checking.add(studio);
  try {
    const dataset = studio.needDataset();
    const ids = SPLITS.flatMap((split) => dataset.ids(split)).sort((a, b) => a - b);
    const issues = await issuesOf(studio, dataset, ids, await untuned(studio, ref));
    return finding(studio.opened().state.classes, dataset.classes, ids, issues);
  } finally {
    checking.delete(studio);
  }
}

/** What is open may have been tuned on these very labels: then the model that it came from. */
async function untuned(studio: Studio, ref: ModelRef): Promise<LoadedModel> {
  const model = await studio.model(ref);
  const { id } = model.origin;
  return ref.kind === 'imported' && shippedModel(id) ? studio.model({ kind: 'shipped', id }) : model;
}

async function issuesOf(
  studio: Studio,
  dataset: Dataset,
  ids: readonly number[],
  model: LoadedModel,
): Promise<LabelIssue[]> {
  const probabilities = await unseen(studio, { dataset, ids, model, progress: studio.progress('labels', 'items') });
  return labelIssues(
    ids.map((id) => dataset.label(id)),
    probabilities,
    dataset.classes.length,
  );
}

/** `named` are all classes, of which those with too few examples took no part. */
function finding(
  named: readonly string[],
  classes: readonly string[],
  ids: readonly number[],
  issues: readonly LabelIssue[],
): Finding {
  const cases = issues.map((issue) => {
    const [given, likely] = [classes[issue.given]!, classes[issue.likely]!];
    const labels = { givenLabel: named.indexOf(given), likelyLabel: named.indexOf(likely) };
    return { ids: [ids[issue.index]!], values: { given, likely, ...labels, probability: issue.probability } };
  });
  return {
    kind: 'probably-mislabelled',
    severity: 'warning',
    cases,
    values: { count: cases.length, examined: ids.length },
    ...(cases.length > 0 ? { remedy: { kind: 'exclude', ids: cases.flatMap((one) => one.ids) } } : {}),
  };
}
