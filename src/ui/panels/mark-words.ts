import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunChange, RunMark } from '@/protocol/control.ts';
import { type InForce, inForce } from '@/protocol/marks.ts';
import type { RunRecord } from '@/session/store.ts';
import { type Format, useFormat } from '@/ui/format.ts';
import { useStudio } from '@/ui/studio-context.tsx';

/** What was done to a run, in words: `short` for a chart. */
export interface MarkWords {
  mark: RunMark;
  short: string;
  long: string;
}

type T = (key: string, values?: Record<string, unknown>) => string;

/** Every mark of a run in the order in which they were made, each change beside what held before it. */
export function useMarkWords(): (run: Pick<RunRecord, 'settings' | 'marks'>) => MarkWords[] {
  const { t } = useTranslation('steer');
  const format = useFormat();
  const runs = useStudio((state) => state.runs);
  return useCallback(
    ({ settings, marks }) =>
      marks.map((mark, i) => ({
        mark,
        ...wordsOf(mark, inForce(settings, marks.slice(0, i)), t as T, format, (id) => runs[id]?.number),
      })),
    [t, format, runs],
  );
}

function wordsOf(
  mark: RunMark,
  before: InForce,
  t: T,
  format: Format,
  numberOf: (run: string) => number | undefined,
): Omit<MarkWords, 'mark'> {
  switch (mark.kind) {
    case 'change': {
      const parts = changeWords(mark.change, before, t, format);
      return { short: parts.map(({ short }) => short).join(', '), long: parts.map(({ long }) => long).join('; ') };
    }
    case 'checkpoint':
      return { short: t('mark.checkpoint'), long: t('mark.checkpointKept') };
    case 'return': {
      const step = format.number(mark.to, 0);
      return { short: t('mark.return'), long: t('mark.returned', { step }) };
    }
    case 'branch': {
      const number = numberOf(mark.from.run);
      const words = number === undefined ? t('mark.branchGone') : t('mark.branched', { number });
      return { short: t('mark.branch'), long: words };
    }
    case 'stopping': {
      const step = format.number(mark.best, 0);
      return { short: t('mark.stopping'), long: t('mark.stoppingMarked', { step }) };
    }
    default:
      return mark satisfies never;
  }
}

function changeWords(change: RunChange, before: InForce, t: T, format: Format): { short: string; long: string }[] {
  const { learningRate, weightDecay, patience, stages } = change;
  const of = (name: 'learningRate' | 'weightDecay' | 'patience', from: string, to: string) => {
    const values = { from, to };
    return [{ short: t(`mark.${name}.short`, values), long: t(`mark.${name}.long`, values) }];
  };
  const number = (value: number) => format.number(value, 4);
  return [
    ...(learningRate === undefined
      ? []
      : of('learningRate', format.rate(before.learningRate), format.rate(learningRate))),
    ...(weightDecay === undefined ? [] : of('weightDecay', number(before.weightDecay), number(weightDecay))),
    ...(patience === undefined ? [] : of('patience', number(before.patience), number(patience))),
    ...(stages === undefined
      ? []
      : [
          {
            short: t('mark.stages.short', { count: stages.length }),
            long: t('mark.stages.long', { count: stages.length, names: stages.join(', ') }),
          },
        ]),
  ];
}
