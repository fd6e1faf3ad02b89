import { useTranslation } from 'react-i18next';
import type { Overfitting } from '@/lib/overfitting.ts';
import { useFormat } from '@/ui/format.ts';
import type { MarkWords } from '../mark-words.ts';
import { runColor } from '../run-marker.tsx';
import { LineSwatch } from './curve-tooltip.tsx';
import styles from './curves.module.css';
import { lineEnds } from './extent.ts';
import { GapSwatch } from './gap.tsx';
import { OldSwatch } from './old-line.tsx';
import { type CurveRow, lastWith } from './rows.ts';

/** The log has them all. */
const LEGEND_MARKS = 6;

interface LegendProps {
  run: number;
  rows: readonly CurveRow[];
  raw: boolean;
  gap: Overfitting | undefined;
  old: string | undefined;
  /** With the newest figures, where the chart has no room for them. */
  figures: boolean;
}

/** What each line is. */
export function Legend({ run, rows, raw, gap, old, figures }: LegendProps) {
  const { t } = useTranslation('chart');
  const format = useFormat();
  const { train, validation } = lineEnds(rows, 'loss');
  const share = lastWith(rows, 'oldAccuracy')?.oldAccuracy;
  const figure = (value: number | undefined) => figures && value !== undefined && <b>{format.fixed(value, 3)}</b>;
  return (
    <div className={styles.legend}>
      <span>
        <LineSwatch color={runColor(run)} />
        {t('training')} {figure(train?.trainLoss)}
      </span>
      <span>
        <LineSwatch color={runColor(run)} dashed />
        {t('validation')} {figure(validation?.validationLoss)}
      </span>
      {raw && (
        <span>
          <LineSwatch color={runColor(run)} faint />
          {t('everyStep')}
        </span>
      )}
      {gap && (
        <span>
          <GapSwatch />
          {t('gap.label')} <b>{format.fixed(gap.gap, 3)}</b>
        </span>
      )}
      {old && (
        <span>
          <OldSwatch />
          {old} {figures && share !== undefined && <b>{format.percent(share)}</b>}
        </span>
      )}
    </div>
  );
}

/** Names the dotted lines, by the numbers that the log has. */
export function MarkLegend({ marks }: { marks: readonly MarkWords[] }) {
  const { t } = useTranslation('steer');
  const format = useFormat();
  if (marks.length === 0) return null;
  const shown = marks.slice(-LEGEND_MARKS);
  return (
    <ol className={styles.marks} start={marks.length - shown.length + 1} aria-label={t('log.title')}>
      {shown.map(({ mark, short }, i) => (
        <li key={marks.length - shown.length + i}>
          <MarkSwatch />
          <b className="num">{marks.length - shown.length + i + 1}</b> {short}{' '}
          <span className="faint num">{t('epoch', { epoch: format.number(mark.epoch, 1) })}</span>
        </li>
      ))}
    </ol>
  );
}

const MarkSwatch = () => (
  <svg className={styles.markSwatch} viewBox="0 0 4 12" aria-hidden="true">
    <path d="M2 0V12" stroke="var(--ink-2)" strokeWidth={1.25} strokeDasharray="1.5 2" />
  </svg>
);
