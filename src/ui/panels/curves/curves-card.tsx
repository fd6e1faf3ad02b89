import { Slider, Tooltip } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { memo, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { overfittingIn } from '@/advice/measures.ts';
import { isOver } from '@/protocol/run.ts';
import { curvesOf } from '@/session/facts.ts';
import { pointsOf } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import type { PlainTable } from '@/ui/controls/download-csv.ts';
import { Segmented } from '@/ui/controls/segmented.tsx';
import { useCalm } from '@/ui/controls/use-calm.ts';
import { useFormat } from '@/ui/format.ts';
import { isAgreement, probeKindOf } from '../forgetting/old-figures.ts';
import { useMarkWords } from '../mark-words.ts';
import { answerContext } from '../run-words.ts';
import { OriginLegend, useOrigins } from './branch-line.tsx';
import { CurveChart, WIDE } from './curve-chart.tsx';
import { Legend, MarkLegend } from './curve-legend.tsx';
import styles from './curves.module.css';
import { curvesTable } from './curves-table.ts';
import { type Extent, extentOf, lineEnds, lossDomain } from './extent.ts';
import { GapNote } from './gap.tsx';
import { type CurveRow, curveRows, withOld, X_AXES, type XAxisName } from './rows.ts';
import { TwinLegend, useTwin } from './twin-line.tsx';

const ACCURACY_DOMAIN = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };
const BATCH_NOISE = 0.6;
/** Milliseconds between two drawings: enough to look live, and time for everything else on a slow machine. */
const CALM_MS = 200;

/** Loss and accuracy along a run, over one axis and under one crosshair. */
export function CurvesCard({ run }: { run: RunRecord }) {
  const newest = useRef(run);
  newest.current = run;
  // what is saved is not what is drawn, which may be a moment behind
  const table = useCallback(() => tableOf(newest.current), []);
  return <Curves run={useCalm(run, CALM_MS, isUrgent)} table={table} />;
}

/** Another run at once, and what one came to in the end. */
const isUrgent = (shown: RunRecord, newest: RunRecord): boolean =>
  shown.id !== newest.id || isOver(newest.status.phase);

const Curves = memo(function Curves({ run, table }: { run: RunRecord; table(): PlainTable }) {
  const { t } = useTranslation('chart');
  const [axis, setAxis] = useState<XAxisName>('epoch');
  const [scale, setScale] = useState<'linear' | 'log'>('linear');
  const [smoothing, setSmoothing] = useState(BATCH_NOISE);
  const { ref, width } = useElementSize();
  const { train, validation, old: before } = run;
  const beta = useDeferredValue(smoothing);
  const rows = useMemo(() => withOld(curveRows(train, validation, beta), before), [train, validation, before, beta]);
  const old = useOldName(run);
  const extent = useSame(extentOf(run, rows, axis));
  const origins = useOrigins(run, beta);
  const domain = useSame(lossDomain([...origins.flatMap((origin) => origin.rows), ...rows], scale));
  const answers = answerContext(run);
  const done = useMarkWords()(run);
  const marks = useSame(
    done.map(({ mark, short }, i) => ({ x: mark[axis], number: i + 1, short, stopping: mark.kind === 'stopping' })),
  );
  const twin = useTwin(run);
  const gap = useSame(useMemo(() => overfittingIn(curvesOf({ train, validation })), [train, validation]));
  const summary = useSummary(rows, extent, answers, old);
  const { number } = run;
  const shared = useMemo(
    () => ({ run: number, rows, axis, extent, marks, origins, twin, gap, old, raw: beta > 0 }),
    [number, rows, axis, extent, marks, origins, twin, gap, old, beta],
  );
  // drawn after the one above, in a task of its own: both together can hold the page for longer than a frame or two
  const below = useDeferredValue(shared);
  return (
    <Card
      title={t('loss')}
      aside={<Controls {...{ axis, setAxis, scale, setScale, smoothing, setSmoothing }} />}
      downloads={{ title: t('curves'), name: `run-${number}-curves`, table, chart: true }}
    >
      <div ref={ref} data-chart className={gap ? styles.noted : undefined}>
        <Legend run={run.number} rows={rows} raw={shared.raw} gap={gap} old={old} figures={width > 0 && width < WIDE} />
        <MarkLegend marks={done} />
        {origins.length > 0 && <OriginLegend origins={origins} />}
        {twin && <TwinLegend {...twin} />}
        {gap && <GapNote run={run} gap={gap} />}
        <CurveChart {...shared} metric="loss" domain={domain} scale={scale} summary={summary('loss')} />
        <h2 className={styles.subtitle}>{t('accuracy', answers)}</h2>
        <CurveChart
          {...below}
          metric="accuracy"
          domain={ACCURACY_DOMAIN}
          scale="linear"
          summary={summary('accuracy')}
        />
      </div>
    </Card>
  );
});

interface ControlsProps {
  axis: XAxisName;
  setAxis(axis: XAxisName): void;
  scale: 'linear' | 'log';
  setScale(scale: 'linear' | 'log'): void;
  smoothing: number;
  setSmoothing(smoothing: number): void;
}

/** Changes with a click only, not with every step of the run. */
const Controls = memo(function Controls(props: ControlsProps) {
  const { axis, setAxis, scale, setScale, smoothing, setSmoothing } = props;
  const { t } = useTranslation('chart');
  return (
    <div className={styles.controls}>
      <Segmented<XAxisName>
        label={t('axis.label')}
        value={axis}
        onChange={setAxis}
        options={X_AXES.map((value) => ({ value, label: t(`axis.${value}`) }))}
      />
      <Segmented<'linear' | 'log'>
        label={t('scale.label')}
        value={scale}
        onChange={setScale}
        options={[
          { value: 'linear', label: t('scale.linear') },
          { value: 'log', label: t('scale.log') },
        ]}
      />
      <Smoothing value={smoothing} onChange={setSmoothing} />
    </div>
  );
});

/** The same object as long as its content is the same. */
function useSame<T>(value: T): T {
  const content = JSON.stringify(value) as string | undefined;
  return useMemo(() => (content === undefined ? (undefined as T) : (JSON.parse(content) as T)), [content]);
}

/** What the old task's line is called, where there is one: agreement is no accuracy. */
function useOldName(run: RunRecord): string | undefined {
  const { t } = useTranslation('chart');
  if (run.old.length === 0) return undefined;
  return t('oldTask', isAgreement(probeKindOf(run)) ? { context: 'agreement' } : {});
}

function useSummary(
  rows: readonly CurveRow[],
  { best }: Extent,
  answers: ReturnType<typeof answerContext>,
  old: string | undefined,
): (metric: 'loss' | 'accuracy') => string {
  const { t } = useTranslation('chart');
  const format = useFormat();
  return (metric) => {
    const { train, validation } = lineEnds(rows, metric);
    const [a, b] =
      metric === 'loss'
        ? [train?.trainLoss, validation?.validationLoss]
        : [train?.trainAccuracy, validation?.validationAccuracy];
    const show = (value: number | undefined) =>
      value === undefined ? '–' : metric === 'loss' ? format.fixed(value, 3) : format.percent(value);
    const shares = rows.flatMap(({ oldAccuracy }) => oldAccuracy ?? []);
    const own = t(best ? 'summary.best' : 'summary.plain', {
      metric: t(metric, answers),
      train: show(a),
      validation: show(b),
      epoch: format.number(rows.at(-1)?.epoch ?? 0, 1),
      best: best?.epoch,
    });
    if (metric === 'loss' || shares.length === 0) return own;
    return `${own} ${t('summary.old', { name: old, old: show(shares.at(-1)), began: show(shares[0]) })}`;
  };
}

interface SmoothingProps {
  value: number;
  onChange(value: number): void;
}

function Smoothing({ value, onChange }: SmoothingProps) {
  const { t } = useTranslation('chart');
  const format = useFormat();
  return (
    <div className={styles.smoothing}>
      <Tooltip label={t('smoothing.help')}>
        <span>{t('smoothing.label')}</span>
      </Tooltip>
      <Slider
        className={styles.slider ?? ''}
        size={4}
        thumbSize={16}
        min={0}
        max={0.98}
        step={0.02}
        label={null}
        value={value}
        onChange={onChange}
        thumbLabel={t('smoothing.label')}
      />
      <output>{format.fixed(value, 2)}</output>
    </div>
  );
}

function tableOf(run: RunRecord): PlainTable {
  return curvesTable(run.number, pointsOf(run, run.id), run.marks);
}
