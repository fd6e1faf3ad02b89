import { useMemo, useState } from 'react';
import { usePlotArea, useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import { brierScore, calibration, type ReliabilityBin } from '@/lib/calibration.ts';
import { wilsonInterval } from '@/lib/statistics.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import { ChartOrTable, type View } from './chart-or-table.tsx';
import styles from './evaluate.module.css';
import { UnitChart } from './unit-chart.tsx';

/** Less than this many points apart, a model's confidence is as good as its word. */
const CLOSE = 0.05;
/** With fewer answers the error says more about chance than about the model. */
const ENOUGH = 100;

/** When it is sure, is it right? Confidence against accuracy, by bins. */
export function ReliabilityCard({ evaluation, run }: { evaluation: Evaluation; run: number }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const [view, setView] = useState<View>('chart');
  const { answers, examples, accuracy } = evaluation;
  const { bins, expectedError, greatestError } = useMemo(() => calibration(answers), [answers]);
  const brier = useMemo(() => brierScore(answers), [answers]);
  const filled = bins.filter((bin) => bin.examples > 0);
  const confidence = filled.reduce((sum, bin) => sum + bin.confidence * bin.examples, 0) / examples;
  const points = (value: number) => format.number(100 * value, 1);
  const verdict =
    expectedError < CLOSE
      ? 'close'
      : Math.abs(confidence - accuracy) < expectedError / 2
        ? 'both'
        : confidence > accuracy
          ? 'over'
          : 'under';
  const columns: Column<ReliabilityBin>[] = [
    {
      id: 'confidence_above',
      label: t('reliability.range'),
      value: ({ low }) => low,
      cell: ({ low, high }) => t('reliability.from', { low: format.percent(low, 0), high: format.percent(high, 0) }),
    },
    share('mean_confidence', t('reliability.confidence'), (bin) => bin.confidence),
    share('accuracy', t('reliability.accuracy'), (bin) => bin.accuracy),
    {
      id: 'right',
      label: t('reliability.right'),
      kind: 'figure',
      value: ({ correct }) => correct,
      cell: ({ correct }) => format.number(correct, 0),
    },
    {
      id: 'examples',
      label: t('classes.support'),
      kind: 'figure',
      value: (bin) => bin.examples,
      cell: (bin) => format.number(bin.examples, 0),
    },
  ];
  function share(id: string, label: string, value: (bin: ReliabilityBin) => number): Column<ReliabilityBin> {
    return { id, label, kind: 'figure', value, cell: (bin) => format.percent(value(bin)) };
  }
  return (
    <Card
      title={t(`reliability.${verdict}`, { points: points(expectedError) })}
      aside={<ChartOrTable view={view} onView={setView} />}
      downloads={{
        title: t('reliability.title'),
        name: `run-${run}-calibration`,
        table: () => plainTable(columns, bins),
        chart: true,
      }}
    >
      {view === 'chart' ? (
        <div data-chart>
          <UnitChart
            label={t('reliability.summary', { points: points(expectedError), count: examples })}
            x={t('reliability.confidence')}
            y={t('reliability.accuracy')}
          >
            <Diagram bins={filled} run={run} />
          </UnitChart>
          <p className={styles.key}>{t('reliability.key')}</p>
        </div>
      ) : (
        <DataTable label={t('reliability.title')} columns={columns} rows={filled} keyOf={({ low }) => low} />
      )}
      <p className="small muted">
        {t('reliability.words', {
          error: points(expectedError),
          worst: points(greatestError),
          brier: format.fixed(brier, 3),
          sure: format.percent(confidence),
          share: format.percent(accuracy),
        })}
        {examples < ENOUGH && ` ${t('reliability.few', { count: examples })}`}
      </p>
    </Card>
  );
}

/** Bars of how many answers lie where, the diagonal of a model that keeps its word, and each bin with its interval. */
function Diagram({ bins, run }: { bins: readonly ReliabilityBin[]; run: number }) {
  const format = useFormat();
  const plot = usePlotArea();
  const x = useXAxisScale();
  const y = useYAxisScale();
  if (!plot || !x || !y) return null;
  const at = (scale: typeof x, value: number) => scale(value) ?? 0;
  const most = Math.max(...bins.map(({ examples }) => examples));
  const color = runColor(run);
  const line = bins.map((bin, i) => `${i ? 'L' : 'M'}${at(x, bin.confidence)} ${at(y, bin.accuracy)}`).join('');
  return (
    <>
      <ZIndexLayer zIndex={-50}>
        {bins.map(({ low, high, examples }) => {
          const height = 0.2 * plot.height * (examples / most);
          const [left, right] = [at(x, low) + 1, at(x, high) - 1];
          return (
            <g key={low}>
              <rect x={left} y={at(y, 0) - height} width={right - left} height={height} fill="var(--line)" />
              <text
                x={(left + right) / 2}
                y={at(y, 0) - height - 4}
                textAnchor="middle"
                fontSize={12}
                fill="var(--tick)"
              >
                {format.number(examples, 0)}
              </text>
            </g>
          );
        })}
      </ZIndexLayer>
      <ZIndexLayer zIndex={400}>
        <path
          d={`M${at(x, 0)} ${at(y, 0)}L${at(x, 1)} ${at(y, 1)}`}
          stroke="var(--ink-3)"
          strokeDasharray="4 4"
          fill="none"
        />
        {bins.map(({ low, confidence, correct, examples }) => {
          const interval = wilsonInterval(correct, examples);
          return (
            <path
              key={low}
              d={`M${at(x, confidence)} ${at(y, interval.low)}V${at(y, interval.high)}`}
              stroke={color}
              strokeOpacity={0.45}
              strokeWidth={3}
            />
          );
        })}
        <path d={line} fill="none" stroke={color} strokeWidth={2} strokeLinejoin="round" data-line="reliability" />
        {bins.map(({ low, confidence, accuracy, examples }) => (
          <circle
            key={low}
            cx={at(x, confidence)}
            cy={at(y, accuracy)}
            r={3 + 4 * Math.sqrt(examples / most)}
            fill={color}
            stroke="var(--surface)"
          />
        ))}
      </ZIndexLayer>
    </>
  );
}
