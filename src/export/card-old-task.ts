import type { ProbeKind } from '../protocol/model.ts';
import type { StepMetrics } from '../protocol/run.ts';
import { count, number, percent, span } from './markdown.ts';
import type { TunedModel } from './tuned-model.ts';

/** What the old task's share is a share of. */
const WHAT: Readonly<Record<ProbeKind, (examples: number) => string>> = {
  labels: (examples) => `${count(examples)} probes of what the base model was trained for, by its own head`,
  answers: (examples) => `agreement with the base model's own answers to ${count(examples)} probes, by its own head`,
  neighbours: (examples) =>
    `agreement with the base model: which of ${count(examples)} sentences are nearest to each other`,
  text: (examples) => `next tokens right, ${count(examples)} tokens of held-out text`,
};

/** The same of a data set that a person gave. */
const OWN: typeof WHAT = {
  labels: (examples) => `accuracy by the base model's own head on ${count(examples)} examples`,
  answers: (examples) => `agreement with the base model's own answers, by its own head, on ${count(examples)} examples`,
  neighbours: (examples) =>
    `agreement with the base model: which of ${count(examples)} texts are nearest to each other,`,
  text: (examples) => `next tokens right, ${count(examples)} tokens`,
};

const value = (kind: ProbeKind, { accuracy, loss }: StepMetrics): string =>
  kind === 'text' ? `${percent(accuracy)} (${number(loss / Math.LN2)} bits a byte)` : percent(accuracy);

/** What the base model forgot, in a paragraph; nothing where that was not looked at. */
export function oldTaskText({
  oldTask: kind,
  oldTaskData: own,
  history,
  training,
}: Pick<TunedModel, 'oldTask' | 'oldTaskData' | 'history' | 'training'>): string {
  const looks = history.filter(({ split }) => split === 'old');
  const first = looks[0];
  const kept = looks.findLast(({ step }) => step <= training.step);
  if (!kind || !first || !kept) return '';
  const now = kept.step === training.step ? 'with the weights in this folder' : `at step ${count(kept.step)}`;
  const what =
    own === undefined ? WHAT[kind](kept.examples) : `${OWN[kind](kept.examples)} of the data set ${span(own)}`;
  return `\n\nThe task that the base model knew before (${what}): ${value(kind, first)} before \
training, ${value(kind, kept)} ${now}.`;
}
