import { Select } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { type GroupResult, type GroupResults, resultsByGroup } from '@/lib/answers.ts';
import type { GroupColumn } from '@/protocol/dataset.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import styles from './evaluate.module.css';
import { IntervalBar } from './interval-bar.tsx';

/** With fewer test pictures than this, a group's accuracy says little. */
const FEW = 10;

interface GroupsCardProps {
  evaluation: Evaluation;
  groups: readonly GroupColumn[];
  run: number;
}

/** Accuracy told apart by a column of the table that came with the pictures. */
export function GroupsCard({ evaluation, groups, run }: GroupsCardProps) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const [chosen, choose] = useState(groups[0]?.name);
  const column = groups.find(({ name }) => name === chosen) ?? groups[0];
  const results = useMemo(
    () =>
      resultsByGroup(
        evaluation.answers,
        column?.values ?? [],
        evaluation.classes.length,
        ({ id }) => column?.of[id] ?? -1,
      ),
    [evaluation, column],
  );
  const rows = useMemo(() => results.groups.filter(({ examples }) => examples > 0), [results]);
  if (!column) return null;
  const { ungrouped } = results;
  const gap = gapOf(results);
  const { best, worst } = gap ?? {};
  const columns: Column<GroupResult>[] = [
    {
      id: 'group',
      label: column.name,
      value: ({ name }) => name,
      cell: ({ name, examples }) => (
        <>
          {name === '' ? t('groups.empty') : name}
          {examples < FEW && (
            <span className={styles.few}>
              <IconAlertTriangle size={12} aria-hidden="true" /> {t('groups.few')}
            </span>
          )}
        </>
      ),
    },
    {
      id: 'accuracy',
      label: t('groups.accuracy'),
      kind: 'figure',
      strong: true,
      value: ({ accuracy }) => accuracy,
      cell: ({ accuracy }) => format.percent(accuracy),
    },
    {
      id: 'bar',
      label: '',
      kind: 'bar',
      value: ({ accuracy }) => accuracy,
      cell: ({ accuracy, interval }) => (
        <IntervalBar share={accuracy} interval={interval} color={runColor(run)} mark={evaluation.accuracy} />
      ),
    },
    bound('interval_low', t('groups.low'), (row) => row.interval.low),
    bound('interval_high', t('groups.high'), (row) => row.interval.high),
    {
      id: 'right',
      label: t('reliability.right'),
      kind: 'figure',
      wideOnly: true,
      value: ({ correct }) => correct,
      cell: ({ correct }) => format.number(correct, 0),
    },
    {
      id: 'examples',
      label: t('classes.support'),
      kind: 'figure',
      value: ({ examples }) => examples,
      cell: ({ examples }) => format.number(examples, 0),
    },
  ];
  function bound(id: string, label: string, value: (row: GroupResult) => number): Column<GroupResult> {
    return { id, label, kind: 'figure', wideOnly: true, value, cell: (row) => format.percent(value(row), 0) };
  }
  return (
    <Card
      flush
      title={
        gap && best && worst
          ? t('groups.found', { points: format.number(100 * gap.difference, 1), best: best.name, worst: worst.name })
          : t('groups.one')
      }
      aside={
        <>
          {gap && (
            <StatusBadge
              tone={gap.clear ? 'warn' : 'neutral'}
              icon={gap.clear ? <IconAlertTriangle size={13} /> : <IconInfoCircle size={13} />}
            >
              {t(gap.clear ? 'groups.clear' : 'groups.chance')}
            </StatusBadge>
          )}
          <Select
            size="xs"
            w={180}
            aria-label={t('groups.choose')}
            value={column.name}
            onChange={(name) => name && choose(name)}
            data={groups.map(({ name }) => name)}
          />
        </>
      }
      downloads={{
        title: t('groups.title', { column: column.name }),
        name: `run-${run}-groups-${column.name}`,
        table: () => plainTable(columns, rows),
        chart: true,
      }}
    >
      <div data-chart={rows.length <= 60 || undefined}>
        <DataTable
          label={t('groups.title', { column: column.name })}
          columns={columns}
          rows={rows}
          keyOf={({ name }) => name}
        />
      </div>
      <p className={styles.foot}>
        {t('groups.key', { share: format.percent(evaluation.accuracy) })}
        {ungrouped > 0 && ` ${t('groups.ungrouped', { count: ungrouped })}`}
      </p>
    </Card>
  );
}

/** The two groups that are furthest apart: of those with pictures enough, where there are two, else of all. */
function gapOf({
  groups,
  gap,
}: GroupResults): { best: GroupResult; worst: GroupResult; difference: number; clear: boolean } | undefined {
  const large = groups.filter(({ examples }) => examples >= FEW).sort((a, b) => b.accuracy - a.accuracy);
  const [best, worst] =
    large.length > 1 ? [large[0], large.at(-1)] : [gap && groups[gap.best], gap && groups[gap.worst]];
  if (!best || !worst) return undefined;
  const clear = worst.interval.high < best.interval.low;
  return { best, worst, difference: best.accuracy - worst.accuracy, clear };
}
