import { Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type WrittenGroup, writtenByGroup } from '@/lib/writing-groups.ts';
import type { GroupColumn } from '@/protocol/dataset.ts';
import type { GenerationEvaluation } from '@/protocol/result.ts';
import { Card } from '../../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../../controls/data-table.tsx';
import { useFormat } from '../../format.ts';

interface GroupsCardProps {
  evaluation: GenerationEvaluation;
  groups: readonly GroupColumn[];
  run: number;
}

/** How well the answers of each group are foretold: a first look at bias. */
export function WrittenGroupsCard({ evaluation, groups, run }: GroupsCardProps) {
  const { t } = useTranslation('writing');
  const format = useFormat();
  const [chosen, choose] = useState(groups[0]?.name);
  const column = groups.find(({ name }) => name === chosen) ?? groups[0];
  const rows = useMemo(
    () => writtenByGroup(evaluation.answers, column?.values ?? [], (id) => column?.of[id] ?? -1),
    [evaluation, column],
  );
  if (!column) return null;
  const columns: Column<WrittenGroup>[] = [
    { id: 'group', label: column.name, value: ({ name }) => name },
    {
      id: 'perplexity',
      label: t('figures.perplexity'),
      kind: 'figure',
      strong: true,
      value: ({ loss }) => Math.exp(loss),
      cell: ({ loss }) => format.number(Math.exp(loss), 2),
    },
    {
      id: 'token_accuracy',
      label: t('figures.tokenAccuracy'),
      kind: 'figure',
      value: ({ tokenAccuracy }) => tokenAccuracy,
      cell: ({ tokenAccuracy }) => format.percent(tokenAccuracy),
    },
    { id: 'examples', label: t('groups.examples'), kind: 'figure', value: ({ examples }) => examples },
    {
      id: 'tokens',
      label: t('groups.tokens'),
      kind: 'figure',
      wideOnly: true,
      value: ({ tokens }) => tokens,
      cell: ({ tokens }) => format.number(tokens, 0),
    },
  ];
  return (
    <Card
      flush
      title={t('evaluate:groups.title', { column: column.name })}
      aside={
        groups.length > 1 && (
          <Select
            size="xs"
            aria-label={t('evaluate:groups.choose')}
            data={groups.map(({ name }) => name)}
            value={column.name}
            onChange={(name) => name && choose(name)}
          />
        )
      }
      downloads={{ name: `run-${run}-by-${column.name}`, table: () => plainTable(columns, rows) }}
    >
      <DataTable label={column.name} columns={columns} rows={rows} keyOf={({ name }) => name} />
    </Card>
  );
}
