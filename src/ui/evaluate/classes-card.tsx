import { ActionIcon, Table, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type ClassMetrics, classMetrics } from '@/lib/metrics.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { downloadBlob } from '../controls/download-blob.ts';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import styles from './evaluate.module.css';

const SCORES = ['precision', 'recall', 'f1'] as const;

/** Precision, recall, F1 and number of pictures of each class. */
export function ClassesCard({ evaluation, run }: { evaluation: Evaluation; run: number }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const rows = useMemo(() => classMetrics(evaluation.confusion), [evaluation]);
  const save = () =>
    downloadBlob(new Blob([classesCsv(evaluation.classes, rows)], { type: 'text/csv' }), `run-${run}-classes.csv`);
  return (
    <Card
      flush
      title={t('classes.title')}
      aside={
        <Tooltip label={t('classes.download')}>
          <ActionIcon variant="subtle" size="sm" aria-label={t('classes.download')} onClick={save}>
            <IconDownload size={16} />
          </ActionIcon>
        </Tooltip>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className={styles.tableScroll} tabIndex={0} aria-label={t('classes.title')}>
        <Table className={styles.table} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('classes.class')}</Table.Th>
              {SCORES.map((score) => (
                <Table.Th key={score} className={styles.figure}>
                  <Tooltip label={t(`classes.${score}Help`)}>
                    <span>{t(`classes.${score}`)}</span>
                  </Tooltip>
                </Table.Th>
              ))}
              <Table.Th className={styles.barCell} aria-hidden="true" />
              <Table.Th className={styles.figure}>{t('classes.support')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, i) => (
              <Table.Tr key={evaluation.classes[i]}>
                <Table.Th scope="row" className={styles.className}>
                  {evaluation.classes[i]}
                </Table.Th>
                {SCORES.map((score) => (
                  <Table.Td key={score} className={styles.figure} data-strong={score === 'f1'}>
                    {format.percent(row[score])}
                  </Table.Td>
                ))}
                <Table.Td className={styles.barCell} aria-hidden="true">
                  <span className={styles.bar}>
                    <i style={{ width: `${100 * (row.f1 || 0)}%`, background: runColor(run) }} />
                  </span>
                </Table.Td>
                <Table.Td className={styles.figure}>{format.number(row.support, 0)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Card>
  );
}

/** RFC 4180; a name with a comma, a quote or a line end is quoted. */
function classesCsv(classes: readonly string[], rows: readonly ClassMetrics[]): string {
  const cell = (value: string | number) =>
    /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value;
  return [
    ['class', 'precision', 'recall', 'f1', 'support'],
    ...rows.map((row, i) => [classes[i] ?? '', row.precision, row.recall, row.f1, row.support]),
  ]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
}
