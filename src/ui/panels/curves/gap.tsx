import { Button } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdviceCode } from '@/advice/facts.ts';
import type { Overfitting } from '@/lib/overfitting.ts';
import type { RunRecord } from '@/session/store.ts';
import { useKindTranslation } from '@/ui/controls/kind-translation.ts';
import { Note } from '@/ui/controls/note.tsx';
import { useFormat } from '@/ui/format.ts';
import { useActions } from '@/ui/studio-context.tsx';
import { useAdvice } from '../next/what-next.tsx';
import styles from './curves.module.css';
import type { CurveRow, XAxisName } from './rows.ts';

/** Rows from where overfitting began. */
export const gapRows = (rows: readonly CurveRow[], epoch: number): readonly CurveRow[] =>
  rows.slice(
    Math.max(
      0,
      rows.findIndex((row) => row.validationLoss !== undefined && row.epoch >= epoch - 1e-6),
    ),
  );

interface GapAreaProps {
  rows: readonly CurveRow[];
  axis: XAxisName;
  x(value: unknown): number | undefined;
  y(value: unknown): number | undefined;
}

/** What lies between training and validation, up to the last validation. */
export function GapArea({ rows, axis, x, y }: GapAreaProps) {
  const hatch = useId();
  const end = rows.findLast((row) => row.validationLoss !== undefined)?.[axis] ?? 0;
  const along = (key: 'trainLoss' | 'validationLoss') =>
    rows.flatMap((row) => {
      const [px, py] = [x(row[axis]), y(row[key])];
      const drawn = row[key] !== undefined && row[axis] <= end && px !== undefined && Number.isFinite(py);
      return drawn ? [`${px.toFixed(1)} ${py!.toFixed(1)}`] : [];
    });
  const [above, below] = [along('validationLoss'), along('trainLoss').toReversed()];
  if (above.length === 0 || below.length === 0) return null;
  const path = `M${[...above, ...below].join('L')}Z`;
  return (
    <g data-gap>
      <pattern id={hatch} width={7} height={7} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0V7" stroke="var(--gap-hatch)" strokeWidth={2.5} />
      </pattern>
      <path d={path} fill="var(--gap-fill)" />
      <path d={path} fill={`url(#${hatch})`} />
    </g>
  );
}

export const GapSwatch = () => (
  <svg width={18} height={10} aria-hidden="true">
    <rect x={0.5} y={0.5} width={17} height={9} rx={2} fill="var(--gap-fill)" stroke="var(--gap)" />
  </svg>
);

/** Findings whose set-up keeps the next run from it. */
const AGAINST: readonly AdviceCode[] = ['overfitting', 'few-examples', 'dirty-labels'];

/** Since when, by how much, and what can be done. */
export function GapNote({ run, gap }: { run: RunRecord; gap: Overfitting }) {
  const { t } = useTranslation('chart');
  const { t: ofKind } = useKindTranslation('chart');
  const format = useFormat();
  const { setUpNext, show } = useActions();
  const advice = useAdvice(run).find(({ code, setUp }) => setUp && AGAINST.includes(code));
  const loss = (value: number) => format.fixed(value, 3);
  const { epoch, best, before, train, rise } = gap;
  const setUp = async () => {
    await setUpNext(run, advice!);
    show('model');
  };
  return (
    <div className={styles.note}>
      <Note
        tone="warn"
        actions={
          advice && (
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconAdjustments size={14} />}
              onClick={() => void setUp()}
            >
              {t('gap.next')}
            </Button>
          )
        }
      >
        {t('gap.since', {
          epoch: format.number(epoch, 1),
          best: loss(best),
          loss: loss(gap.loss),
          rise: format.percent(rise, 0),
          before: loss(before),
          train: loss(train),
        })}{' '}
        {ofKind('gap.can')}
      </Note>
    </div>
  );
}
