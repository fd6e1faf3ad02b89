import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Start } from '@/protocol/run.ts';
import type { Series } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { counterpart, twinGroup } from '@/session/twin.ts';
import { useFormat } from '@/ui/format.ts';
import { useStudio } from '@/ui/studio-context.tsx';
import { RunGlyph, RunMarker, runColor } from '../run-marker.tsx';
import type { Metric } from './curve-view.ts';
import styles from './curves.module.css';
import type { XAxisName } from './rows.ts';

/** A run on the other side of a comparison with a twin, as the charts draw it. */
export interface Twin {
  run: number;
  start: Start;
  validation: Series;
}

/** The run's twin, where one was made. */
export function useTwin(run: RunRecord): Twin | undefined {
  const other = useStudio(({ runs }) => {
    const all = Object.values(runs);
    return all.some(({ group }) => group?.kind === 'twin') ? counterpart(twinGroup(all, run), run) : undefined;
  });
  return useMemo(
    () => other && { run: other.number, start: other.settings.start, validation: other.validation },
    [other],
  );
}

interface TwinLineProps {
  twin: Pick<Twin, 'run' | 'validation'>;
  metric: Metric;
  axis: XAxisName;
  x(value: unknown): number | undefined;
  y(value: unknown): number | undefined;
}

/** Its validation, with its own colour and shape. */
export function TwinLine({ twin: { run, validation }, metric, axis, x, y }: TwinLineProps) {
  const { columns, length } = validation;
  const points = Array.from({ length }, (_, i) => [x(columns[axis][i]), y(columns[metric][i])] as const).filter(
    (point): point is readonly [number, number] => point.every((value) => Number.isFinite(value)),
  );
  const last = points.at(-1);
  if (!last) return null;
  return (
    <g data-twin={run}>
      <path
        d={`M${points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join('L')}`}
        className="curve"
        fill="none"
        stroke={runColor(run)}
        strokeWidth={2}
        strokeDasharray="7 4"
        strokeLinejoin="round"
      />
      <g transform={`translate(${last[0]} ${last[1]})`}>
        <RunGlyph run={run} hollow scale={0.8} />
      </g>
    </g>
  );
}

/** Whose line it is, with its last loss. */
export function TwinLegend({ run, start, validation }: Twin) {
  const { t } = useTranslation('twin');
  const format = useFormat();
  const { columns, length } = validation;
  return (
    <div className={styles.legend}>
      <span>
        <RunMarker run={run} size={14} />
        {t(`legend.${start}`, { number: run })}
        {length > 0 && <b>{format.fixed(columns.loss[length - 1]!, 3)}</b>}
      </span>
    </div>
  );
}
