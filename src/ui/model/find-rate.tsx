import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RangeTest, RunSettings } from '@/protocol/run.ts';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './find-rate.module.css';
import { useObstacle } from './readiness.ts';

/** Whether what was found for one run holds for another: where the same weights move by the same rule. */
const holds = (a: RunSettings, b: RunSettings): boolean =>
  (['model', 'method', 'task', 'optimizer', 'batchSize'] as const).every(
    (name) => JSON.stringify(a[name]) === JSON.stringify(b[name]),
  );

/** Looks for a learning rate when asked, and shows what was found. */
export function FindRate() {
  const { t } = useTranslation('model');
  const format = useFormat();
  const finding = useStudio((state) => state.findingRate);
  const progress = useStudio((state) => state.progress['range-test']);
  const found = useStudio(({ rangeTest, settings }) =>
    rangeTest && holds(rangeTest.of, settings) ? rangeTest.test : undefined,
  );
  const rate = useStudio((state) => state.settings.learningRate);
  const ready = useStudio(({ model, plan }) => Boolean(model && plan));
  const obstacle = useObstacle();
  const { findRate, stopFindingRate, set } = useActions();
  if (finding)
    return (
      <div className={styles.finding}>
        <ProgressLine label={t('findRate.finding')} progress={progress ?? { done: 0, total: 0, unit: 'items' }} />
        <Button size="xs" variant="subtle" onClick={stopFindingRate}>
          {t('findRate.stop')}
        </Button>
      </div>
    );
  const suggestion = found?.suggestion === undefined ? undefined : Number(found.suggestion.toPrecision(2));
  return (
    <div className={styles.find}>
      <Button
        size="xs"
        variant="subtle"
        leftSection={<IconSearch size={14} />}
        disabled={!ready || obstacle !== undefined}
        onClick={findRate}
      >
        {t('findRate.find')}
      </Button>
      {found && (
        <>
          <RangeChart test={found} />
          <div className={styles.words} role="status">
            <span>
              {suggestion === undefined ? t('findRate.none') : t('findRate.found', { rate: format.rate(suggestion) })}
            </span>
            {suggestion !== undefined && suggestion !== rate && (
              <Button size="xs" onClick={() => set({ learningRate: suggestion })}>
                {t('findRate.take', { rate: format.rate(suggestion) })}
              </Button>
            )}
          </div>
        </>
      )}
    </div>
  );
}

const HEIGHT = 120;
const MARGIN = { left: 44, right: 12, top: 10, bottom: 24 };

/** The loss against the learning rate on a log scale, the suggestion marked. */
function RangeChart({ test: { points, suggestion } }: { test: RangeTest }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const { ref, width } = useElementSize();
  const rates = points.map(({ learningRate }) => Math.log10(learningRate));
  // the rise at the end says no more than that it rises: it may leave the picture
  const top = Math.max(points[0]?.loss ?? 0, ...points.slice(0, points.length >> 1).map(({ loss }) => loss)) * 1.15;
  const bottom = Math.min(...points.map(({ loss }) => loss));
  const [from, to] = [rates[0] ?? 0, rates.at(-1) ?? 1];
  const inner = { width: Math.max(0, width - MARGIN.left - MARGIN.right), height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (rate: number) => MARGIN.left + ((rate - from) / Math.max(1e-9, to - from)) * inner.width;
  const y = (loss: number) =>
    MARGIN.top + inner.height * (1 - (Math.min(top, loss) - bottom) / Math.max(1e-9, top - bottom));
  const path = points.map(({ loss }, i) => `${i === 0 ? 'M' : 'L'}${x(rates[i]!).toFixed(1)} ${y(loss).toFixed(1)}`);
  const marked = points.find(({ learningRate }) => learningRate === suggestion);
  const ticks = Array.from({ length: 8 }, (_, i) => i - 7).filter(
    (power) => power >= from - 0.01 && power <= to + 0.01,
  );
  return (
    <div ref={ref} className={styles.chart} style={{ minHeight: HEIGHT }}>
      {width > 0 && points.length > 1 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={t('findRate.chart', { from: format.rate(10 ** from), to: format.rate(10 ** to) })}
        >
          <text x={0} y={MARGIN.top + 8}>
            {t('findRate.loss')}
          </text>
          <text x={MARGIN.left - 6} y={y(bottom) + 4} textAnchor="end">
            {format.number(bottom, 2)}
          </text>
          <path className={styles.axis} d={`M${MARGIN.left} ${HEIGHT - MARGIN.bottom}h${inner.width}`} />
          {ticks.map((power, i) => (
            <text
              key={power}
              x={x(power)}
              y={HEIGHT - 6}
              textAnchor={i === 0 ? 'start' : i === ticks.length - 1 ? 'end' : 'middle'}
            >
              {i % 2 === 0 || inner.width > 340 ? format.rate(10 ** power) : ''}
            </text>
          ))}
          <path className={styles.line} d={path.join('')} />
          {marked && (
            <>
              <path
                className={styles.mark}
                d={`M${x(Math.log10(marked.learningRate))} ${MARGIN.top}v${inner.height}`}
              />
              <circle className={styles.dot} cx={x(Math.log10(marked.learningRate))} cy={y(marked.loss)} r={4} />
            </>
          )}
        </svg>
      )}
    </div>
  );
}
