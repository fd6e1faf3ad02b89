import type { RunChange, RunControl } from '../protocol/control.ts';
import { ProblemError } from '../protocol/problems.ts';
import type { Plan } from './plan.ts';
import type { Run } from './runs.ts';
import type { Studio } from './studio.ts';

/** What can be asked of a run before anything is known of it. */
const AT_ANY_TIME: ReadonlySet<RunControl['kind']> = new Set(['pause', 'resume', 'pace', 'stop-discard']);

/**
 * Passes on what the page asks of a run, of one that only begins too; what cannot be is refused by throwing, and the run
 * goes on as it did. Throws `no-run`, `no-best`, and what `checkChange` throws.
 */
export function steer(studio: Pick<Studio, 'beginning' | 'run'>, id: string, control: RunControl): void {
  const ahead = AT_ANY_TIME.has(control.kind) ? studio.beginning.get(id) : undefined;
  if (ahead) {
    ahead.apply(control);
    return;
  }
  const run = studio.run(id);
  if (control.kind === 'change') checkChange(control.change, run);
  if (control.kind === 'return-to-best' && !run.best) throw new ProblemError('no-best');
  run.control.apply(control);
}

/**
 * Whatever gives these numbers, a form, a link or a search, they are looked at here. Throws `rate-unfit`, `decay-unfit`,
 * `patience-unfit`, `stage-unknown`, `nothing-trains`.
 */
export function checkChange(
  { learningRate, weightDecay, patience, stages }: RunChange,
  { plan, settings }: Pick<Run, 'plan' | 'settings'>,
): void {
  const unless = (fits: boolean, code: 'rate-unfit' | 'decay-unfit' | 'patience-unfit', value: number | undefined) => {
    if (value !== undefined && !(fits && Number.isFinite(value)))
      throw new ProblemError(code, { value: String(value) });
  };
  unless(learningRate! > 0, 'rate-unfit', learningRate);
  unless(weightDecay! >= 0, 'decay-unfit', weightDecay);
  unless(patience! >= 0 && Number.isInteger(patience), 'patience-unfit', patience);
  if (!stages) return;
  const names = plan.architecture.stages.map(({ name }) => name);
  const unknown = stages.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new ProblemError('stage-unknown', { stage: unknown });
  if (movable(plan, stages).size === 0) throw new ProblemError('nothing-trains', { method: settings.method.id });
}

/**
 * The weights of these stages that a plan's method may move. Where the method adds weights of its own, those that it
 * trains; else every weight of a stage, or of the roles that the method trains where it takes no stage whole. A weight
 * that another stage reads too, which is not among them, stays as it is.
 */
export function movable(plan: Plan, stages: readonly string[]): ReadonlySet<string> {
  const { profile, trainable, base } = plan;
  const chosen = new Set(stages);
  const inside = new Set(profile.stages.filter(({ name }) => chosen.has(name)).flatMap(({ weights }) => weights));
  for (const { name, weights } of profile.stages)
    if (!chosen.has(name)) for (const weight of weights) inside.delete(weight);
  const role = (weight: string) => profile.weights.get(weight)!.role;
  if ([...trainable].some((weight) => !base.profile.weights.has(weight)))
    return new Set([...inside].filter((weight) => trainable.has(weight)));
  const whole = profile.stages
    .filter(({ weights }) => weights.some((weight) => trainable.has(weight)))
    .every(({ weights }) => weights.every((weight) => trainable.has(weight) || role(weight) === 'stat'));
  const roles = new Set([...trainable].map(role));
  return new Set([...inside].filter((weight) => (whole ? role(weight) !== 'stat' : roles.has(role(weight)))));
}
