import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { GenerationEvaluation } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../../controls/data-table.tsx';
import { ProgressLine } from '../../controls/progress-line.tsx';
import { useFormat } from '../../format.ts';
import { useMeasureBase } from '../use-measure-base.ts';

/** One figure of both models. */
interface Figure {
  id: string;
  tuned: number;
  base: number | undefined;
  write(value: number): string;
}

/** What the test answers say of the tuned model, beside the one that it came from. */
export function FiguresCard({ run, tuned }: { run: RunRecord; tuned: GenerationEvaluation }) {
  const { t } = useTranslation('writing');
  const format = useFormat();
  const base = run.generationBase;
  const figure = (id: string, of: (one: GenerationEvaluation) => number, write: Figure['write']): Figure => ({
    id,
    tuned: of(tuned),
    base: base && of(base),
    write,
  });
  const fixed = (digits: number) => (value: number) => format.number(value, digits);
  const rows = [
    figure('perplexity', ({ perplexity }) => perplexity, fixed(2)),
    figure('loss', ({ loss }) => loss, fixed(3)),
    figure('tokenAccuracy', ({ tokenAccuracy }) => tokenAccuracy, format.percent),
    ...(tuned.written > 0
      ? [
          figure('exactMatch', ({ exactMatch }) => exactMatch, format.percent),
          figure('chrf', ({ chrf }) => chrf, fixed(1)),
        ]
      : []),
    ...(tuned.choices ? [figure('choices', ({ choices }) => choices?.accuracy ?? Number.NaN, format.percent)] : []),
  ];
  const side = (id: 'base' | 'tuned'): Column<Figure> => ({
    id,
    label: t(id === 'base' ? 'evaluate:compare.before' : 'evaluate:compare.after'),
    kind: 'figure',
    strong: id === 'tuned',
    value: (row) => row[id],
    cell: (row) => (row[id] === undefined ? '–' : row.write(row[id])),
  });
  const columns: Column<Figure>[] = [
    {
      id: 'figure',
      label: t('figures.figure'),
      value: ({ id }) => id,
      cell: ({ id }) => (
        <>
          {t(`figures.${id}`)}
          <span className="tiny faint" style={{ display: 'block', fontWeight: 400, whiteSpace: 'normal' }}>
            {t(`figures.${id}Help`, { words: tuned.choices?.words.length ?? 0 })}
          </span>
        </>
      ),
    },
    side('base'),
    side('tuned'),
  ];
  return (
    <Card
      flush
      title={
        base
          ? t(tuned.perplexity < base.perplexity ? 'figures.fell' : 'figures.rose', {
              from: format.number(base.perplexity, 1),
              to: format.number(tuned.perplexity, 1),
            })
          : t('figures.title')
      }
      aside={!base && <MeasureBase />}
      downloads={{
        title: t('figures.title'),
        name: `run-${run.number}-writing`,
        table: () => plainTable(columns, rows),
      }}
    >
      <DataTable label={t('figures.title')} columns={columns} rows={rows} keyOf={({ id }) => id} />
      <p className="tiny faint" style={{ padding: '4px 16px 14px' }}>
        {t('figures.written', { count: tuned.written })}
      </p>
    </Card>
  );
}

function MeasureBase() {
  const { t } = useTranslation('writing');
  const { progress, measure } = useMeasureBase();
  if (progress) return <ProgressLine label={t('figures.busy')} progress={progress} />;
  return (
    <Button size="xs" onClick={() => void measure()}>
      {t('figures.measure')}
    </Button>
  );
}
