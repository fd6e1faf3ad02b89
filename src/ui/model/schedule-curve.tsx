import { useElementSize } from '@mantine/hooks';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { learningRateAt, peakStep, scheduleOf } from '@/lib/schedule.ts';
import { DownloadMenu } from '../controls/download-menu.tsx';
import { useFormat } from '../format.ts';
import { useStudio } from '../studio-context.tsx';
import styles from './schedule-curve.module.css';

const HEIGHT = 156;
const MARGIN = { left: 56, right: 12, top: 26, bottom: 36 };
const SAMPLES = 160;

/** The learning rate of every step to come, as the schedule will set it. */
export function ScheduleCurve() {
  const { t } = useTranslation('model');
  const format = useFormat();
  const { ref, width } = useElementSize();
  const stepsPerEpoch = useStudio((state) => state.plan?.stepsPerEpoch ?? 0);
  const settings = useStudio((state) => state.settings);
  const { learningRate: peak, epochs, schedule } = settings;
  const totalSteps = stepsPerEpoch * epochs;
  const planned = scheduleOf(settings, { totalSteps, stepsPerEpoch });

  const inner = { width: Math.max(0, width - MARGIN.left - MARGIN.right), height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (step: number): number => MARGIN.left + (totalSteps > 0 ? step / totalSteps : 0) * inner.width;
  const y = (rate: number): number => MARGIN.top + inner.height * (1 - rate / peak);
  const rateAt = (step: number): number => learningRateAt(step, planned);
  const steps = Array.from({ length: SAMPLES + 1 }, (_, i) => (i * totalSteps) / SAMPLES);
  // The corner at the end of the warm-up lies between two samples.
  const corner = Math.min(Math.max(0, peakStep(planned)), totalSteps);
  const path = [...steps, corner]
    .sort((a, b) => a - b)
    .map((step, i) => `${i === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(rateAt(step)).toFixed(1)}`)
    .join('');
  const chart = useRef<HTMLDivElement>(null);
  const table = () => ({
    header: ['step', 'learning_rate'],
    rows: Array.from({ length: totalSteps }, (_, step) => [step, rateAt(step)]),
  });
  const words = t('curve.peak', { rate: format.rate(peak), count: Math.round(corner) });

  return (
    <div ref={ref} className={styles.curve} style={{ minHeight: HEIGHT }}>
      {width > 0 && totalSteps > 0 && (
        <div ref={chart} className={styles.chart}>
          <svg width={width} height={HEIGHT} role="img" aria-label={t('curve.label', { peak: words })}>
            {[0, 0.5, 1].map((share) => (
              <g key={share}>
                <path className={styles.grid} d={`M${MARGIN.left} ${y(peak * share)}h${inner.width}`} />
                <text x={MARGIN.left - 8} y={y(peak * share) + 4} textAnchor="end">
                  {format.rate(peak * share)}
                </text>
              </g>
            ))}
            {corner > 0 && (
              <rect className={styles.warmup} x={x(0)} y={MARGIN.top} width={x(corner) - x(0)} height={inner.height} />
            )}
            <path className={styles.axis} d={`M${MARGIN.left} ${y(0)}h${inner.width}`} />
            {[0, 0.5, 1].map((share) => (
              <text
                key={share}
                x={x(totalSteps * share)}
                y={HEIGHT - MARGIN.bottom + 16}
                textAnchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
              >
                {format.number(totalSteps * share, 0)}
              </text>
            ))}
            <text x={MARGIN.left + inner.width} y={HEIGHT - 4} textAnchor="end">
              {t('curve.step', { count: stepsPerEpoch })}
            </text>
            <path className={styles.line} d={path} />
            <circle className={styles.peak} cx={x(corner)} cy={y(rateAt(corner))} r={4} />
            <text className={styles.words} x={MARGIN.left} y={14}>
              {words}
            </text>
          </svg>
          <span className={styles.download}>
            <DownloadMenu
              title={t('curve.title')}
              name="learning-rate"
              table={table}
              places={() => (chart.current ? [chart.current] : [])}
            />
          </span>
        </div>
      )}
      {schedule === 'plateau' && <p className={styles.note}>{t('curve.plateau')}</p>}
    </div>
  );
}
