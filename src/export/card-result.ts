import { wilsonInterval } from '../lib/statistics.ts';
import { total } from './card-facts.ts';
import { count, number, percent, table, UNMEASURED } from './markdown.ts';
import { TASK_EXPORTS } from './tasks/index.ts';
import type { TunedModel } from './tuned-model.ts';

/** What it came to on the test set. */
export function resultSection({ task, test, written, data }: TunedModel): string {
  if (task === 'text-generation') return writtenSection(written);
  const { many } = TASK_EXPORTS[task].example;
  if (!test) return `## Result\n\nAccuracy on the test set: ${UNMEASURED}.`;
  const { low, high } = wilsonInterval(test.correct, test.examples);
  // A model that was opened from a download is tested on whatever data is open.
  const own = total(data.classes, 'test') === test.examples;
  const where = own
    ? `the ${count(test.examples)} ${many} of the test set, which took no part in training or in choosing the weights`
    : `${count(test.examples)} ${many}, of which it is not recorded whether they took part in training`;
  return `## Result

On ${where}, with the weights in this folder:

${table(
  ['figure', 'value'],
  [
    ['right', `${count(test.correct)} of ${count(test.examples)}`],
    ['accuracy', percent(test.correct / test.examples)],
    ['95 % interval (Wilson)', `${percent(low)} to ${percent(high)}`],
    ['loss', number(test.loss)],
  ],
)}`;
}

function writtenSection(written: TunedModel['written']): string {
  if (!written) return `## Result\n\nPerplexity on the test set: ${UNMEASURED}.`;
  return `## Result

On the ${count(written.examples)} texts of the test set, ${count(written.tokens)} tokens of answers, which took no part in \
training or in choosing the weights:

${table(
  ['figure', 'value'],
  [
    ['perplexity', number(Math.exp(written.loss))],
    ['loss, a token', number(written.loss)],
    ['next token right', percent(written.tokenAccuracy)],
    ...(written.answers > 0
      ? [
          ['answers written out, greedily', count(written.answers)],
          ['of them equal to the given one', percent(written.exactMatch)],
          ['chrF2 (Popović 2015)', number(written.chrf)],
        ]
      : []),
  ],
)}`;
}
