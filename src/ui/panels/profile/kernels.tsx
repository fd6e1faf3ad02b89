import { useTranslation } from 'react-i18next';
import type { KernelShare, StepProfile } from '@/protocol/step-profile.ts';
import { wholeMs } from '@/session/step-figures.ts';
import { type Column, DataTable } from '@/ui/controls/data-table.tsx';
import type { PlainTable } from '@/ui/controls/download-csv.ts';
import { useFormat } from '@/ui/format.ts';
import styles from './profile.module.css';
import { useGroup, useMs } from './words.ts';

/** The kernels as a file. */
export const kernelTable = ({ kernels }: StepProfile): PlainTable => ({
  header: ['kernel', 'kind', 'ms_per_step', 'starts_per_step'],
  rows: kernels.map(({ kernel, group, ms, count }) => [kernel, group, ms, count]),
});

/** Every kernel of a step, for those who want to know. */
export function Kernels({ profile }: { profile: StepProfile }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const ms = useMs();
  const name = useGroup(profile);
  const { clock, kernels } = profile;
  const whole = wholeMs(profile);
  const columns: Column<KernelShare>[] = [
    {
      id: 'kernel',
      label: t('column.kernel', clock === 'processor' ? { context: 'processor' } : {}),
      value: ({ kernel }) => kernel,
      cell: ({ kernel }) => <code>{kernel}</code>,
    },
    { id: 'kind', label: t('column.group'), value: ({ group }) => name(group), kind: 'words', wideOnly: true },
    {
      id: 'count',
      label: t('column.count'),
      value: ({ count }) => count,
      cell: ({ count }) => format.number(count, 1),
      kind: 'figure',
      wideOnly: true,
    },
    ...(clock === 'none'
      ? []
      : ([
          { id: 'ms', label: t('column.time'), value: ({ ms }) => ms, cell: (row) => ms(row.ms), kind: 'figure' },
          {
            id: 'share',
            label: t('column.share'),
            value: ({ ms }) => (ms ?? 0) / whole,
            cell: (row) => format.percent((row.ms ?? 0) / whole),
            kind: 'figure',
          },
        ] satisfies Column<KernelShare>[])),
  ];
  return (
    <details className={styles.more}>
      <summary>{t('table')}</summary>
      <DataTable label={t('table')} columns={columns} rows={kernels} keyOf={({ kernel }) => kernel} />
    </details>
  );
}
