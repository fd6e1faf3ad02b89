import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts';
import { useFormat } from '../format.ts';
import styles from './unit-chart.module.css';

interface UnitChartProps {
  /** What it shows, in words. */
  label: string;
  x: string;
  y: string;
  /** Drawn over the axes, with the library's scales. */
  children: ReactNode;
}

const CORNERS = [{ at: 0 }, { at: 1 }];
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** Two shares against each other: both axes go from 0 to 100 %. */
export function UnitChart({ label, x, y, children }: UnitChartProps) {
  const { ref, width, height } = useElementSize();
  const format = useFormat();
  const percent = (value: number) => format.percent(value, 0);
  const tick = { fontSize: 12, fill: 'var(--tick)' };
  const ticks = width < 300 ? [0, 0.5, 1] : SHARES;
  return (
    <figure className={styles.figure} aria-label={label}>
      <figcaption className={styles.vertical}>{y}</figcaption>
      <div ref={ref} className={styles.plot} aria-hidden="true">
        {width > 0 && (
          <ComposedChart
            width={width}
            height={height}
            data={CORNERS}
            margin={{ top: 8, right: 18, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--grid)" />
            <XAxis
              dataKey="at"
              type="number"
              domain={[0, 1]}
              ticks={ticks}
              tickFormatter={percent}
              tick={tick}
              stroke="var(--axis)"
              height={26}
              interval={0}
            />
            <YAxis
              type="number"
              domain={[0, 1]}
              ticks={SHARES}
              tickFormatter={percent}
              tick={tick}
              width={48}
              axisLine={false}
              tickLine={false}
              interval={0}
            />
            {/* the scales need a line to stand on; it is not seen */}
            <Line dataKey="at" stroke="none" dot={false} activeDot={false} isAnimationActive={false} />
            {children}
          </ComposedChart>
        )}
      </div>
      <div className={styles.horizontal}>{x}</div>
    </figure>
  );
}
