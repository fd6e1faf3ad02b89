import type { Inside } from './inside.ts';

const HEADER = [
  'step',
  'epoch',
  'stage',
  'weight',
  'began',
  'distance',
  'measured_step',
  'gradient_norm',
  'update_ratio',
  'silent_share',
  'units',
];

type Cell = string | number | undefined;

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

/** Every figure of a run, one row a stage and a validation, followed by its weights; a cell is empty where there is none. */
export function insideTable({ shape, looks }: Inside): { header: readonly string[]; rows: Cell[][] } {
  const rows = looks.flatMap(({ step, epoch, measured, weights, stages }) =>
    shape.stages.flatMap((stage, s): Cell[][] => [
      [
        ...[step, epoch, stage, undefined, undefined, known(stages.distance[s]!), measured],
        ...[known(stages.gradient[s]!), known(stages.update[s]!), known(stages.dead[s]!), stages.units[s]],
      ],
      ...shape.weights.flatMap((weight, i): Cell[][] =>
        weight.stage === s
          ? [
              [
                ...[step, epoch, stage, weight.name, weight.began, known(weights.distance[i]!), measured],
                ...[known(weights.gradient[i]!), known(weights.update[i]!), undefined, undefined],
              ],
            ]
          : [],
      ),
    ]),
  );
  return { header: HEADER, rows };
}
