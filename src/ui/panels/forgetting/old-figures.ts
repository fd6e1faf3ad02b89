import { shippedModel } from '@/models/metas.ts';
import type { ProbeKind } from '@/protocol/model.ts';
import type { RunRecord } from '@/session/store.ts';

/** The old task of a run, as it began and as it is now. */
export interface OldFigures {
  kind: ProbeKind;
  /** Share that is right, or that agrees with the original. */
  began: number;
  now: number;
  /** Bits a byte, where text is continued. */
  bits?: { began: number; now: number };
  /** Probes, or their tokens where text is continued. */
  examples: number;
  /** Whether steps were taken and not a bit of either figure changed: what the old task stands on has not moved. */
  unmoved: boolean;
}

/** How the old task of a run is scored; undefined of a model without probes. */
export const probeKindOf = ({
  settings: { model },
  status: { probes },
}: Pick<RunRecord, 'settings' | 'status'>): ProbeKind | undefined =>
  probes?.kind ?? (model.kind === 'shipped' ? shippedModel(model.id)?.probes?.kind : undefined);

/** Whether what is drawn is agreement with the original model's answers: these may be wrong themselves. */
export const isAgreement = (kind: ProbeKind | undefined): boolean => kind === 'answers' || kind === 'neighbours';

/** The first and the newest point of the old task's curve; undefined without one. */
export function oldFigures(run: Pick<RunRecord, 'settings' | 'status' | 'old'>): OldFigures | undefined {
  const { columns, length } = run.old;
  const kind = probeKindOf(run);
  if (length === 0 || !kind) return undefined;
  const last = length - 1;
  const at = (column: 'accuracy' | 'loss' | 'step' | 'examples', place: number) => columns[column][place]!;
  return {
    kind,
    began: at('accuracy', 0),
    now: at('accuracy', last),
    // nats a byte
    ...(kind === 'text' ? { bits: { began: at('loss', 0) / Math.LN2, now: at('loss', last) / Math.LN2 } } : {}),
    examples: at('examples', last),
    unmoved:
      at('step', last) > at('step', 0) &&
      (['accuracy', 'loss'] as const).every((column) => at(column, last) === at(column, 0)),
  };
}
