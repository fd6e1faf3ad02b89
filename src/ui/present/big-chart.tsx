import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format.ts';
import { linearTicks, niceStep } from '../panels/curves/ticks.ts';
import { RunGlyph } from '../panels/run-marker.tsx';
import styles from './big-chart.module.css';
import type { BigLine } from './lines.ts';

interface BigChartProps {
  lines: readonly BigLine[];
  metric: 'loss' | 'accuracy';
  /** Epochs that the runs are planned for: the future keeps its room. */
  epochs: number;
  /** What it shows, for who cannot see it. */
  summary: string;
  /** px of its words. */
  size?: number;
}

/** One chart that can be read from the last row: thick lines, few ticks, the same shapes at the lines' ends as beside them. */
export function BigChart({ lines, metric, epochs, summary, size = 24 }: BigChartProps) {
  const { t } = useTranslation('present');
  const format = useFormat();
  const { ref, width, height } = useElementSize();
  const left = metric === 'loss' ? size * 2.4 : size * 3.4;
  const plot = {
    x: left,
    y: size * 0.7,
    w: Math.max(1, width - left - size * 0.9),
    h: Math.max(1, height - size * 3.3),
  };
  const end = Math.max(epochs, ...lines.map(({ x }) => x.at(-1) ?? 0)) || 1;
  const ticks = metric === 'accuracy' ? [0, 0.25, 0.5, 0.75, 1] : linearTicks(highest(lines));
  const top = ticks.at(-1)!;
  const px = (x: number) => plot.x + (x / end) * plot.w;
  const py = (y: number) => plot.y + plot.h - (Math.min(y, top * 1.02) / top) * plot.h;
  const step = Math.max(1, niceStep(end, 8));
  const stroke = size / 4;
  return (
    <figure className={styles.figure} ref={ref} aria-label={summary}>
      {width > 0 && height > 0 && (
        <svg width={width} height={height} fontSize={size} aria-hidden="true">
          {ticks.map((tick) => (
            <g key={tick}>
              <line className={styles.grid} x1={plot.x} x2={plot.x + plot.w} y1={py(tick)} y2={py(tick)} />
              <text className={styles.words} x={plot.x - size * 0.5} y={py(tick) + size * 0.35} textAnchor="end">
                {metric === 'accuracy' ? format.percent(tick, 0) : format.number(tick, 2)}
              </text>
            </g>
          ))}
          <line className={styles.axis} x1={plot.x} x2={plot.x + plot.w} y1={py(0)} y2={py(0)} />
          {Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step).map((tick) => (
            <text key={tick} className={styles.words} x={px(tick)} y={py(0) + size * 1.2} textAnchor="middle">
              {format.number(tick, 0)}
            </text>
          ))}
          <text className={styles.words} x={plot.x + plot.w} y={height - size * 0.3} textAnchor="end">
            {t('epochs')}
          </text>
          {lines.map((line) => (
            <g key={line.id} data-line={line.id.split('/')[1]}>
              {line.curve === 'old' && (
                <line
                  x1={plot.x}
                  x2={plot.x + plot.w}
                  y1={py(line.first)}
                  y2={py(line.first)}
                  stroke={line.color}
                  strokeWidth={stroke / 2}
                  strokeDasharray="2 6"
                />
              )}
              <path
                className="curve"
                d={Array.from(
                  line.x,
                  (x, i) => `${i ? 'L' : 'M'}${px(x).toFixed(1)} ${py(line.y[i]!).toFixed(1)}`,
                ).join('')}
                fill="none"
                stroke={line.color}
                strokeWidth={stroke}
                strokeLinejoin="round"
                strokeDasharray={line.dash}
              />
              <g transform={`translate(${px(line.x.at(-1)!)} ${py(line.value)})`}>
                <LineGlyph line={line} scale={size / 14} />
              </g>
            </g>
          ))}
        </svg>
      )}
    </figure>
  );
}

/** A line's shape: its run's, or the diamond of the old task. */
export function LineGlyph({ line, scale }: { line: BigLine; scale: number }) {
  if (line.color !== 'var(--old)')
    return <RunGlyph run={line.run.number} hollow={line.curve === 'train'} scale={scale} />;
  return (
    <path
      d="M0,-5.5L5.5,0L0,5.5L-5.5,0z"
      transform={`scale(${scale})`}
      fill="var(--surface)"
      stroke={line.color}
      strokeWidth={2}
    />
  );
}

/** A loss that runs away leaves through the top: three times where the highest begins is room enough. */
function highest(lines: readonly BigLine[]): number {
  const begin = Math.max(0, ...lines.map(({ first }) => first));
  const most = Math.max(0, ...lines.flatMap(({ y }) => [...y]));
  return (begin > 0 ? Math.min(most, 3 * begin) : most) || 1;
}
