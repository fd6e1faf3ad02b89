import { useTranslation } from 'react-i18next';
import { useFormat } from '@/ui/format.ts';
import { KEYS, useCurveView } from './curve-view.ts';
import styles from './curves.module.css';
import { OldSwatch } from './old-line.tsx';
import { type CrosshairStop, nearestWith } from './rows.ts';

interface CurveTooltipProps {
  /** Given by the chart. */
  active?: boolean;
  payload?: readonly { payload?: CrosshairStop }[];
}

/** The figures at the crosshair; a validation that lies beside it says its epoch. */
export function CurveTooltip({ active, payload }: CurveTooltipProps) {
  const { t } = useTranslation('chart');
  const format = useFormat();
  const { metric, rows, axis, extent, old: oldName } = useCurveView();
  const stop = payload?.find((entry) => entry.payload)?.payload;
  if (!active || !stop || rows.length === 0) return null;
  const { train: trainKey, validation: validationKey, old: oldKey } = KEYS[metric];
  const x = Math.min(stop.x, extent.now);
  const show = (value: number) => (metric === 'loss' ? format.fixed(value, 3) : format.percent(value));
  const trainRow = nearestWith(rows, axis, x, trainKey);
  const validation = nearestWith(rows, axis, x, validationKey);
  const row = trainRow ?? validation;
  if (!row) return null;
  const train = trainRow?.[trainKey];
  const old = oldKey && nearestWith(rows, axis, x, oldKey)?.[oldKey];
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
            {Math.abs(validation.epoch - row.epoch) < 0.05
              ? t('validation')
              : t('tooltip.validationAt', { epoch: format.number(validation.epoch, 1) })}
          </span>
          <b>{show(validation[validationKey])}</b>
        </div>
      )}
      {old !== undefined && (
        <div className={styles.tooltipRow}>
          <OldSwatch />
          <span>{oldName}</span>
          <b>{show(old)}</b>
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
