import { ProblemError } from '../protocol/problems.ts';
import type { Memorised } from '../protocol/result.ts';
import { evaluate } from './evaluate.ts';
import { sourceOf } from './examples.ts';
import type { Studio } from './studio.ts';
import { finished } from './tried.ts';
import { unseen } from './unseen.ts';

/** Examples that are told. */
const MOST = 24;

const looking = new WeakSet<Studio>();

/**
 * The training examples that a run knows by heart: p(own label | trained on it) - p(own label | trained without it), which
 * Feldman and Zhang (2020, equation 1) call memorisation. The first is the run's own answer; the second, in place of many
 * whole runs, that of heads on the pretrained model's features, each trained without a fifth of the examples. Throws `busy`
 * while a run is under way, and `no-run` for one that came without its data.
 */
export async function memorised(studio: Studio, id: string): Promise<Memorised> {
  if (studio.active || looking.has(studio)) throw new ProblemError('busy');
  const run = finished(studio, id);
  if (!run.data) throw new ProblemError('no-run');
  const { dataset, ids } = run.data;
  const { train } = ids;
  looking.add(studio);
  try {
    await studio.backend();
    const progress = studio.progress('memorised', 'items');
    const total = 3 * train.length;
    const { answers } = await evaluate(
      {
        run: id,
        split: 'train',
        network: { logits: (input) => studio.networks.tuned(run).logits(input) },
        source: sourceOf(dataset, run.model, run.settings.task),
        ids: train,
        classes: run.classes,
        batchSize: 16,
      },
      (done) => progress(done, total),
    );
    const others = await unseen(studio, {
      dataset,
      ids: train,
      model: await studio.models.baseOf(run),
      progress: (done) => progress(train.length + done, total),
    });
    const k = run.classes.length;
    const all = answers.map(({ id: example, truth, probabilities }, i) => ({
      id: example,
      truth,
      seen: probabilities[truth]!,
      unseen: others[i * k + truth]!,
    }));
    const score = (one: (typeof all)[number]) => one.seen - one.unseen;
    return {
      run: id,
      examined: all.length,
      mean: all.reduce((sum, one) => sum + score(one), 0) / Math.max(1, all.length),
      examples: all
        .filter((one) => score(one) > 0)
        .toSorted((a, b) => score(b) - score(a))
        .slice(0, MOST),
    };
  } finally {
    looking.delete(studio);
  }
}
