import type { RunSettings } from '../protocol/run.ts';
import type { Architecture, Ops, Stage } from './core.ts';
import { profile } from './profile.ts';

/** Where a network drops something of its own accord, and the branches that its blocks add, as they come. */
function seamsOf(architecture: Architecture): { dropouts: ReadonlySet<string>; branches: readonly string[] } {
  const dropouts = new Set<string>();
  const branches: string[] = [];
  profile(
    withOps(architecture, (ops) => ({
      ...ops,
      dropout(name, x, rate, of) {
        dropouts.add(name);
        return ops.dropout(name, x, rate, of);
      },
      residual(name, x, branch) {
        branches.push(name);
        return ops.residual(name, x, branch);
      },
    })),
  );
  return { dropouts, branches };
}

const withOps = (architecture: Architecture, wrap: <T>(ops: Ops<T>, stage: number) => Ops<T>): Architecture => ({
  ...architecture,
  stages: architecture.stages.map(
    (stage, i): Stage => ({ ...stage, run: (ops, values) => stage.run(wrap(ops, i), values) }),
  ),
});

/**
 * An architecture that drops more while it trains, and is the same otherwise. `base` is it without its method, whose own
 * dropouts stay as they are.
 *
 * Dropout (Srivastava et al. 2014) takes the place of the model's own rates, and comes before the head where the model
 * tells classes apart and drops nothing there. Stochastic depth (Huang et al. 2016, equation 4): the l-th of L branches is
 * dropped with a chance of l / L times `stochasticDepth`, for each example; what stays is scaled up instead of down in
 * inference.
 */
export function regularised(
  architecture: Architecture,
  base: Architecture,
  { dropout, stochasticDepth }: Pick<RunSettings, 'dropout' | 'stochasticDepth'>,
): Architecture {
  if (dropout === 0 && stochasticDepth === 0) return architecture;
  const { dropouts, branches } = seamsOf(base);
  const chances = new Map(branches.map((name, i) => [name, ((i + 1) / branches.length) * stochasticDepth]));
  const last = architecture.stages.length - 1;
  return withOps(architecture, (ops, stage) => {
    const deep: typeof ops = {
      ...ops,
      residual(name, x, branch) {
        const kept = ops.dropout(`${name}.drop_path`, branch, chances.get(name) ?? 0, 'examples');
        return ops.residual(name, x, kept);
      },
    };
    if (dropout === 0) return deep;
    let drops = stage !== last || architecture.perToken === true;
    return {
      ...deep,
      dropout(name, x, rate, of) {
        const own = dropouts.has(name);
        drops ||= own;
        return ops.dropout(name, x, own ? dropout : rate, of);
      },
      attention: (name, q, k, v, o) => ops.attention(name, q, k, v, o.dropout ? { ...o, dropout } : o),
      linear(name, x, o) {
        const input = drops ? x : ops.dropout(`${name}.input_dropout`, x, dropout);
        drops = true;
        return ops.linear(name, input, o);
      },
    };
  });
}
