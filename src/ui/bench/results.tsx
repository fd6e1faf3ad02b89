import { useTranslation } from 'react-i18next';
import { stepMs } from '@/lib/match.ts';
import type { BenchRow } from '@/session/bench.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { useFormat } from '../format.ts';

/** A row a pair: what each takes for a step, and how many times as long the other takes. */
export function Results({ rows }: { rows: readonly BenchRow[] }) {
  const { t } = useTranslation('bench');
  const format = useFormat();
  const timed = ({ state, result }: BenchRow) => (state === 'done' ? result : undefined);
  const ms = (value: number | undefined) =>
    value === undefined ? '–' : value < 1 ? `${format.number(value, 2)} ms` : format.milliseconds(value);
  const outcome = (row: BenchRow) => {
    if (row.state === 'running') return t('running', { share: format.percent(row.share, 0) });
    if (row.state === 'failed') return <span title={row.message}>{t('failed')}</span>;
    if (row.state !== 'done') return t(row.state);
    const { median, low, high } = row.result!.ratio;
    return (
      <>
        <b>{t('times', { value: format.number(median, 2) })}</b>{' '}
        <span className="faint">{t('interval', { low: format.number(low, 2), high: format.number(high, 2) })}</span>
      </>
    );
  };
  const columns: readonly Column<BenchRow>[] = [
    { id: 'model', label: t('column.model'), value: ({ model }) => model, cell: ({ model }) => t(`model.${model}`) },
    {
      id: 'peer',
      label: t('column.peer'),
      value: ({ peer, backends }) => `${peer} (${backends[1]})`,
      cell: ({ peer, backends }) => t(`peer.${peer}`, { backend: t(`name.${backends[1]}`) }),
      kind: 'words',
    },
    {
      id: 'ratio',
      label: t('column.ratio'),
      help: t('column.ratioHelp'),
      value: (row) => timed(row)?.ratio.median,
      cell: outcome,
      kind: 'figure',
      strong: true,
    },
    {
      id: 'ours_ms',
      label: t('column.ours'),
      value: (row) => (timed(row) ? stepMs(timed(row)!.ours) : undefined),
      cell: (row) => ms(timed(row) && stepMs(timed(row)!.ours)),
      kind: 'figure',
    },
    {
      id: 'peer_ms',
      label: t('column.theirs'),
      value: (row) => (timed(row) ? stepMs(timed(row)!.peer) : undefined),
      cell: (row) => ms(timed(row) && stepMs(timed(row)!.peer)),
      kind: 'figure',
    },
    {
      id: 'loss_difference',
      label: t('column.difference'),
      help: t('column.differenceHelp'),
      value: ({ result }) => result?.difference,
      cell: ({ result }) => (result ? format.rate(result.difference) : '–'),
      kind: 'figure',
    },
    {
      id: 'dispatches',
      label: t('column.dispatches'),
      help: t('column.dispatchesHelp'),
      value: (row) => timed(row)?.ours.dispatches,
      cell(row) {
        const result = timed(row);
        if (!result || result.ours.dispatches + result.peer.dispatches === 0) return '–';
        return `${format.number(result.ours.dispatches, 0)} / ${format.number(result.peer.dispatches, 0)}`;
      },
      kind: 'figure',
    },
  ];
  return (
    <Card title={t('results')} flush downloads={{ name: 'bench', table: () => plainTable(columns, rows) }}>
      <DataTable label={t('results')} columns={columns} rows={rows} keyOf={({ id }) => id} />
    </Card>
  );
}
