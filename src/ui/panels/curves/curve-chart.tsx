import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { CurveFrame } from './curve-frame.tsx';
import { type CurveView, CurveViewContext } from './curve-view.ts';
import styles from './curves.module.css';
import type { LossDomain } from './extent.ts';

interface CurveChartProps extends Omit<CurveView, 'wide'> {
  /** Vertical axis. */
  domain: LossDomain;
  scale: 'linear' | 'log';
  /** The last values in words, for who cannot see the chart. */
  summary: string;
}

/** Narrower charts have no words at the line ends; the legend has the figures then. */
export const WIDE = 520;

/** One metric along the run: training solid, validation dashed, marks for the best epoch and for early stopping. */
export function CurveChart({
  domain,
  scale,
  summary,
  metric,
  run,
  rows,
  axis,
  extent,
  marks,
  origins,
  twin,
  gap,
  old,
  raw,
}: CurveChartProps) {
  const { ref, width, height } = useElementSize();
  const wide = width >= WIDE;
  const view = useMemo(
    () => ({ metric, run, rows, axis, extent, marks, origins, twin, gap, old, raw, wide }),
    [metric, run, rows, axis, extent, marks, origins, twin, gap, old, raw, wide],
  );
  const { end, epochs, best, stop } = extent;
  return (
    <figure className={styles.figure} data-metric={metric} ref={ref} aria-label={summary}>
      {width > 0 && height > 0 && (
        <CurveViewContext.Provider value={view}>
          <CurveFrame
            {...{ metric, axis, end, epochs, domain, scale, width, height, wide, marks, old }}
            best={best?.x}
            stop={stop?.x}
          />
        </CurveViewContext.Provider>
      )}
    </figure>
  );
}
