import { useMemo } from 'react';
import { type ClassMetrics, classMetrics } from '@/lib/metrics.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { type Format, useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import styles from './evaluate.module.css';

interface ClassRow extends ClassMetrics {
  name: string;
  right: number;
  answered: number;
}

/** Precision, recall and F1 of each class, with the number of pictures that each stands on. */
export function ClassesCard({ evaluation, run }: { evaluation: Evaluation; run: number }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const rows = useMemo(() => rowsOf(evaluation), [evaluation]);
  const worst = rows
    .filter(({ support, f1 }) => support > 0 && f1 < 1)
    .reduce<ClassRow | undefined>((low, row) => (low && low.f1 <= row.f1 ? low : row), undefined);
  const columns: Column<ClassRow>[] = [
    { id: 'class', label: t('classes.class'), value: ({ name }) => name },
    score('precision', t('classes.precision'), t('classes.precisionHelp'), format, ({ right, answered }) => [
      right,
      answered,
    ]),
    score('recall', t('classes.recall'), t('classes.recallHelp'), format, ({ right, support }) => [right, support]),
    {
      id: 'f1',
      label: t('classes.f1'),
      help: t('classes.f1Help'),
      kind: 'figure',
      strong: true,
      value: ({ f1 }) => f1,
      cell: ({ f1 }) => format.percent(f1),
    },
    {
      id: 'bar',
      label: '',
      kind: 'bar',
      wideOnly: true,
      value: ({ f1 }) => f1,
      cell: ({ f1 }) => (
        <span className={styles.bar}>
          <i style={{ width: `${100 * (f1 || 0)}%`, background: runColor(run) }} />
        </span>
      ),
    },
    {
      id: 'support',
      label: t('classes.support'),
      kind: 'figure',
      value: ({ support }) => support,
      cell: ({ support }) => format.number(support, 0),
    },
  ];
  return (
    <Card
      flush
      title={worst ? t('classes.hardest', { name: worst.name }) : t('classes.flawless')}
      downloads={{
        title: t('classes.title'),
        name: `run-${run}-classes`,
        table: () => plainTable(columns, rows),
        chart: true,
      }}
    >
      <div className={styles.classes} data-chart={rows.length <= 60 || undefined}>
        <DataTable label={t('classes.title')} columns={columns} rows={rows} keyOf={({ name }) => name} />
      </div>
    </Card>
  );
}

/** A share with the counts that it is of, in the cell's title. */
function score(
  id: 'precision' | 'recall',
  label: string,
  help: string,
  format: Format,
  counts: (row: ClassRow) => readonly [number, number],
): Column<ClassRow> {
  return {
    id,
    label,
    help,
    kind: 'figure',
    value: (row) => row[id],
    cell: (row) => {
      const [right, of] = counts(row);
      return (
        <>
          {format.percent(row[id])}{' '}
          <small className={styles.counts}>{`${format.number(right, 0)}/${format.number(of, 0)}`}</small>
        </>
      );
    },
  };
}

function rowsOf({ classes, confusion }: Evaluation): ClassRow[] {
  const answered = classes.map((_, i) => confusion.reduce((sum, row) => sum + (row[i] ?? 0), 0));
  return classMetrics(confusion).map((metrics, i) => ({
    ...metrics,
    name: classes[i] ?? '',
    right: confusion[i]?.[i] ?? 0,
    answered: answered[i] ?? 0,
  }));
}
