import { useTranslation } from 'react-i18next';
import { useFormat } from '@/ui/format.ts';
import styles from './curves.module.css';
import { type CurveRow, nearestWith } from './rows.ts';

interface CurveTooltipProps {
  metric: 'loss' | 'accuracy';
  rows: readonly CurveRow[];
  /** Given by the chart. */
  active?: boolean;
  payload?: readonly { payload?: CurveRow }[];
}

/** The figures under the crosshair; a validation that lies beside it says its epoch. */
export function CurveTooltip({ metric, rows, active, payload }: CurveTooltipProps) {
  const { t } = useTranslation('chart');
  const format = useFormat();
  const row = payload?.find((entry) => entry.payload)?.payload;
  if (!active || !row) return null;
  const [trainKey, validationKey] =
    metric === 'loss' ? (['trainLoss', 'validationLoss'] as const) : (['trainAccuracy', 'validationAccuracy'] as const);
  const show = (value: number) => (metric === 'loss' ? format.fixed(value, 3) : format.percent(value));
  const train = nearestWith(rows, row, trainKey)?.[trainKey];
  const validation = nearestWith(rows, row, validationKey);
  return (
    <div className={`${styles.tooltip} inverted`}>
      <div className={styles.tooltipHead}>
        {t('tooltip.place', { epoch: format.number(row.epoch, 1), step: format.number(row.step, 0) })}
      </div>
      {train !== undefined && (
        <div className={styles.tooltipRow}>
          <LineSwatch color="currentColor" />
          <span>{t('training')}</span>
          <b>{show(train)}</b>
        </div>
      )}
      {validation?.[validationKey] !== undefined && (
        <div className={styles.tooltipRow}>
          <LineSwatch color="currentColor" dashed />
          <span>
            {validation === row
              ? t('validation')
              : t('tooltip.validationAt', { epoch: format.number(validation.epoch, 1) })}
          </span>
          <b>{show(validation[validationKey])}</b>
        </div>
      )}
    </div>
  );
}

interface LineSwatchProps {
  color: string;
  dashed?: boolean;
  faint?: boolean;
}

/** A line's style: solid is training, dashed is validation, faint is every step. */
export function LineSwatch({ color, dashed = false, faint = false }: LineSwatchProps) {
  return (
    <svg className={styles.swatch} viewBox="0 0 18 8" aria-hidden="true">
      <path
        d="M0 4H18"
        stroke={color}
        strokeWidth={faint ? 1 : dashed ? 3 : 2}
        strokeDasharray={dashed ? '5 3' : undefined}
        opacity={faint ? 0.45 : 1}
      />
    </svg>
  );
}
