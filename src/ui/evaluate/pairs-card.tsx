import { useMemo } from 'react';
import { type ConfusedPair, confusedPairs } from '@/lib/metrics.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useFormat } from '../format.ts';
import styles from './evaluate.module.css';

interface PairsCardProps {
  evaluation: Evaluation;
  run: number;
  /** Shows the pictures of a pair. */
  onOpen(truth: number, answer: number): void;
}

/** Which classes are taken for which, most often first. */
export function PairsCard({ evaluation, run, onOpen }: PairsCardProps) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const { classes, confusion } = evaluation;
  const pairs = useMemo(() => confusedPairs(confusion, 1000), [confusion]);
  const [first] = pairs;
  const columns: Column<ConfusedPair>[] = [
    { id: 'class', label: t('pairs.truth'), value: ({ truth }) => classes[truth] },
    { id: 'taken_for', label: t('pairs.answer'), value: ({ answer }) => classes[answer] },
    {
      id: 'count',
      label: t('pairs.count'),
      kind: 'figure',
      strong: true,
      value: ({ count }) => count,
      cell: ({ count }) => format.number(count, 0),
    },
    {
      id: 'share',
      label: t('pairs.share'),
      help: t('pairs.shareHelp'),
      kind: 'figure',
      value: ({ share }) => share,
      cell: ({ share }) => format.percent(share, 0),
    },
  ];
  return (
    <Card
      flush={pairs.length > 0}
      title={first ? t('pairs.found', { truth: classes[first.truth], answer: classes[first.answer] }) : t('pairs.none')}
      downloads={{ title: t('pairs.title'), name: `run-${run}-mix-ups`, table: () => plainTable(columns, pairs) }}
    >
      {pairs.length > 0 ? (
        <div className={styles.short}>
          <DataTable
            label={t('pairs.title')}
            columns={columns}
            rows={pairs}
            keyOf={({ truth, answer }) => `${truth}-${answer}`}
            onOpen={({ truth, answer }) => onOpen(truth, answer)}
          />
        </div>
      ) : (
        <p className="small muted">{t('pairs.noneNote', { count: evaluation.examples })}</p>
      )}
    </Card>
  );
}
