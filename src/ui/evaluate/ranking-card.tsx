import { Select } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import { breathe } from '@/lib/breathe.ts';
import { type Curve, classRanking, macroMean } from '@/lib/ranking.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { downsample } from '@/session/series.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import { ChartOrTable, type View } from './chart-or-table.tsx';
import styles from './evaluate.module.css';
import { UnitChart } from './unit-chart.tsx';

/** Points of a drawn line. */
const DRAWN = 500;

interface ClassRanked {
  label: number;
  name: string;
  auc: number;
  averagePrecision: number;
  positives: number;
}

/** One class against the rest at every threshold: ROC and precision-recall, and their areas for all classes. */
export function RankingCard({ evaluation, run }: { evaluation: Evaluation; run: number }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const [view, setView] = useState<View>('chart');
  const [label, setLabel] = useState(0);
  const { answers, classes } = evaluation;
  const ranking = useMemo(() => classRanking(answers, label), [answers, label]);
  const ranked = useRanked(evaluation);
  const name = classes[label] ?? '';
  const area = (value: number) => format.fixed(value, 3);
  const words = { name, auc: area(ranking.auc), ap: area(ranking.averagePrecision), count: ranking.positives };
  const columns: Column<ClassRanked>[] = [
    { id: 'class', label: t('classes.class'), value: (row) => row.name },
    number('auc', t('ranking.auc'), t('ranking.aucHelp'), (row) => row.auc),
    number('average_precision', t('ranking.ap'), t('ranking.apHelp'), (row) => row.averagePrecision),
    {
      id: 'examples',
      label: t('classes.support'),
      kind: 'figure',
      value: (row) => row.positives,
      cell: (row) => format.number(row.positives, 0),
    },
  ];
  function number(id: string, label: string, help: string, value: (row: ClassRanked) => number): Column<ClassRanked> {
    return { id, label, help, kind: 'figure', value, cell: (row) => area(value(row)) };
  }
  return (
    <Card
      title={Number.isNaN(ranking.auc) ? t('ranking.unknown', words) : t('ranking.found', words)}
      aside={
        <>
          <Select
            size="xs"
            w={180}
            aria-label={t('ranking.choose')}
            value={String(label)}
            onChange={(value) => setLabel(Number(value))}
            searchable={classes.length > 12}
            limit={100}
            data={classes.map((each, i) => ({ value: String(i), label: each }))}
          />
          <ChartOrTable view={view} onView={setView} />
        </>
      }
      downloads={{
        title: t('ranking.title', { name }),
        name: `run-${run}-ranking`,
        table: () => (view === 'table' ? plainTable(columns, ranked ?? []) : curvesTable(ranking)),
        chart: true,
      }}
    >
      {view === 'table' ? (
        <DataTable
          label={t('ranking.table')}
          columns={columns}
          rows={ranked ?? []}
          keyOf={(row) => row.label}
          onOpen={(row) => {
            setLabel(row.label);
            setView('chart');
          }}
        />
      ) : (
        <div className={styles.pair} data-chart>
          <div>
            <h3>{t('ranking.roc')}</h3>
            <UnitChart
              label={t('ranking.rocSummary', words)}
              x={t('ranking.falsePositive')}
              y={t('ranking.truePositive')}
            >
              <RankCurve curve={ranking.roc} run={run} diagonal />
            </UnitChart>
          </div>
          <div>
            <h3>{t('ranking.pr')}</h3>
            <UnitChart label={t('ranking.prSummary', words)} x={t('classes.recall')} y={t('classes.precision')}>
              <RankCurve
                curve={ranking.precisionRecall}
                run={run}
                level={ranking.positives / (ranking.positives + ranking.negatives)}
              />
            </UnitChart>
          </div>
        </div>
      )}
      <p className="small muted">
        {t('ranking.key')}
        {ranked &&
          ` ${t('ranking.mean', { auc: area(macroMean(ranked.map(({ auc }) => auc))), ap: area(macroMean(ranked.map((row) => row.averagePrecision))) })}`}
      </p>
    </Card>
  );
}

/** Areas of every class, computed with pauses; undefined until all are there. */
function useRanked({ answers, classes }: Evaluation): readonly ClassRanked[] | undefined {
  const [ranked, setRanked] = useState<readonly ClassRanked[]>();
  useEffect(() => {
    let wanted = true;
    const work = async () => {
      const rows: ClassRanked[] = [];
      for (const [label, name] of classes.entries()) {
        const { auc, averagePrecision, positives } = classRanking(answers, label);
        rows.push({ label, name, auc, averagePrecision, positives });
        await breathe();
        if (!wanted) return;
      }
      setRanked(rows);
    };
    void work();
    return () => {
      wanted = false;
    };
  }, [answers, classes]);
  return ranked;
}

interface RankCurveProps {
  curve: Curve;
  run: number;
  /** What guessing gives: the diagonal of a ROC curve, or a level. */
  diagonal?: boolean;
  level?: number;
}

function RankCurve({ curve, run, diagonal = false, level }: RankCurveProps) {
  const x = useXAxisScale();
  const y = useYAxisScale();
  const kept = useMemo(() => downsample(curve.y, DRAWN), [curve]);
  if (!x || !y) return null;
  const at = (scale: typeof x, value: number) => (scale(value) ?? 0).toFixed(1);
  // precision holds back to the point before: its curve is made of steps, as its area is
  const path = kept
    .filter((i) => Number.isFinite(curve.x[i]) && Number.isFinite(curve.y[i]))
    .map((i, k) => {
      const [px, py] = [at(x, curve.x[i]!), at(y, curve.y[i]!)];
      return k === 0 ? `M${px} ${py}` : diagonal ? `L${px} ${py}` : `V${py}H${px}`;
    })
    .join('');
  const chance = diagonal
    ? `M${at(x, 0)} ${at(y, 0)}L${at(x, 1)} ${at(y, 1)}`
    : `M${at(x, 0)} ${at(y, level ?? 0)}H${at(x, 1)}`;
  return (
    <ZIndexLayer zIndex={400}>
      <path d={chance} stroke="var(--ink-3)" strokeDasharray="4 4" fill="none" />
      <path d={path} stroke={runColor(run)} strokeWidth={2} strokeLinejoin="round" fill="none" data-line="ranking" />
    </ZIndexLayer>
  );
}

/** Both curves, point by point. */
function curvesTable({ roc, precisionRecall }: ReturnType<typeof classRanking>) {
  return {
    header: ['threshold', 'false_positive_rate', 'true_positive_rate', 'precision', 'recall'],
    rows: [...roc.thresholds].map((threshold, i) => [
      threshold,
      roc.x[i],
      roc.y[i],
      precisionRecall.y[i],
      precisionRecall.x[i],
    ]),
  };
}
