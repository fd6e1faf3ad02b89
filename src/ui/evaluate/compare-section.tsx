import { Button } from '@mantine/core';
import { IconCheck, IconInfoCircle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { isRight } from '@/lib/answers.ts';
import { classMetrics, rightAnswers } from '@/lib/metrics.ts';
import { wilsonInterval } from '@/lib/statistics.ts';
import type { Evaluation } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProgressLine } from '../controls/progress-line.tsx';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import type { Answered } from './answered.ts';
import styles from './evaluate.module.css';
import { IntervalBar } from './interval-bar.tsx';
import { PictureGrid } from './picture-grid.tsx';
import { useMeasureBase } from './use-measure-base.ts';

interface CompareSectionProps {
  run: RunRecord;
  evaluation: Evaluation;
  answered: readonly Answered[];
}

/** The model before training and the tuned one on the same test pictures. */
export function CompareSection({ run, evaluation, answered }: CompareSectionProps) {
  const changed = useMemo(() => changesOf(run.base, answered), [run.base, answered]);
  if (!run.base) return <NotMeasured />;
  return (
    <div className="stack">
      <div className={styles.two}>
        <GainCard run={run} base={run.base} tuned={evaluation} changed={changed} />
        <ByClassCard run={run.number} base={run.base} tuned={evaluation} />
      </div>
      <ChangedCards run={run} changed={changed} classes={evaluation.classes} />
    </div>
  );
}

/** Pictures that the training put right, and those that it put wrong. */
interface Changes {
  right: readonly Answered[];
  wrong: readonly Answered[];
}

function changesOf(base: Evaluation | undefined, answered: readonly Answered[]): Changes {
  const before = new Map(base?.answers.map((answer) => [answer.id, isRight(answer)]));
  return {
    right: answered.filter(({ id, right }) => right && before.get(id) === false),
    wrong: answered.filter(({ id, right }) => !right && before.get(id) === true),
  };
}

function NotMeasured() {
  const { t } = useKindTranslation('evaluate');
  const { progress, measure } = useMeasureBase();
  return (
    <Card>
      {progress ? (
        <ProgressLine label={t('compare.busy')} progress={progress} />
      ) : (
        <EmptyState
          title={t('compare.none')}
          action={<Button onClick={() => void measure()}>{t('compare.measure')}</Button>}
        >
          {t('compare.what')}
        </EmptyState>
      )}
    </Card>
  );
}

interface Both {
  base: Evaluation;
  tuned: Evaluation;
}

function GainCard({ run, base, tuned, changed }: Both & { run: RunRecord; changed: Changes }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const gain = tuned.accuracy - base.accuracy;
  const rows = [
    { id: 'before', name: t('compare.before'), evaluation: base, color: 'var(--control)' },
    { id: 'after', name: t('compare.after'), evaluation: tuned, color: runColor(run.number) },
  ].map((row) => {
    const right = rightAnswers(row.evaluation.confusion);
    return { ...row, right, interval: wilsonInterval(right, row.evaluation.examples) };
  });
  const table = () => ({
    header: ['model', 'accuracy', 'right', 'examples', 'interval_low', 'interval_high'],
    rows: rows.map(({ id, evaluation, right, interval }) => [
      id,
      evaluation.accuracy,
      right,
      evaluation.examples,
      interval.low,
      interval.high,
    ]),
  });
  const kind = gain > 0 ? 'gained' : gain < 0 ? 'lost' : 'same';
  return (
    <Card
      title={t(`compare.${kind}`, { points: format.number(100 * Math.abs(gain), 1) })}
      aside={<Doubt right={changed.right.length} wrong={changed.wrong.length} />}
      downloads={{ title: t('compare.title'), name: `run-${run.number}-before-after`, table, chart: true }}
    >
      <div className={styles.sides} data-chart>
        {rows.map(({ id, name, evaluation, color, right, interval }) => (
          <div key={id}>
            <div className={styles.side}>
              <span>{name}</span>
              <b>{format.percent(evaluation.accuracy)}</b>
            </div>
            <IntervalBar share={evaluation.accuracy} interval={interval} color={color} />
            <div className="tiny faint num">
              {t('accuracy.count', {
                right,
                of: evaluation.examples,
                low: format.percent(interval.low),
                high: format.percent(interval.high),
              })}
            </div>
          </div>
        ))}
      </div>
      <p className="small muted">{t('compare.what')}</p>
    </Card>
  );
}

/**
 * Whether chance alone could have changed as many pictures one way: only those that changed count, as in McNemar's
 * test, and an even coin must lie outside of their interval.
 */
function Doubt({ right, wrong }: { right: number; wrong: number }) {
  const { t } = useKindTranslation('evaluate');
  const { low, high } = wilsonInterval(right, right + wrong);
  const clear = low > 0.5 || high < 0.5;
  return (
    <StatusBadge
      tone={clear ? (low > 0.5 ? 'good' : 'bad') : 'neutral'}
      icon={clear ? <IconCheck size={13} /> : <IconInfoCircle size={13} />}
    >
      {t(clear ? 'groups.clear' : 'groups.chance')}
    </StatusBadge>
  );
}

interface Change {
  name: string;
  before: number;
  after: number;
  support: number;
}

function ByClassCard({ run, base, tuned }: Both & { run: number }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const rows = useMemo(() => {
    const before = classMetrics(base.confusion);
    return classMetrics(tuned.confusion).map(
      ({ recall, support }, i): Change => ({
        name: tuned.classes[i] ?? '',
        before: before[i]?.recall ?? Number.NaN,
        after: recall,
        support,
      }),
    );
  }, [base, tuned]);
  const worse = rows.filter(({ before, after }) => after < before).length;
  const share = (id: 'before' | 'after', label: string): Column<Change> => ({
    id,
    label,
    kind: 'figure',
    value: (row) => row[id],
    cell: (row) => format.percent(row[id], 0),
  });
  const columns: Column<Change>[] = [
    { id: 'class', label: t('classes.class'), value: ({ name }) => name },
    share('before', t('compare.before')),
    share('after', t('compare.after')),
    {
      id: 'difference',
      label: t('compare.difference'),
      help: t('compare.differenceHelp'),
      kind: 'figure',
      strong: true,
      value: ({ before, after }) => after - before,
      cell: ({ before, after }) => <Difference value={after - before} />,
    },
    {
      id: 'support',
      label: t('classes.support'),
      kind: 'figure',
      wideOnly: true,
      value: ({ support }) => support,
      cell: ({ support }) => format.number(support, 0),
    },
  ];
  return (
    <Card
      flush
      title={worse > 0 ? t('compare.worse', { count: worse, of: rows.length }) : t('compare.noneWorse')}
      downloads={{
        title: t('compare.byClass'),
        name: `run-${run}-before-after-classes`,
        table: () => plainTable(columns, rows),
      }}
    >
      <DataTable label={t('compare.byClass')} columns={columns} rows={rows} keyOf={({ name }) => name} />
    </Card>
  );
}

/** A difference of shares in points, with its sign and a tint. */
function Difference({ value }: { value: number }) {
  const format = useFormat();
  const points = Math.round(100 * value);
  const sign = points > 0 ? '+' : points < 0 ? '−' : '';
  return (
    <span className={styles.difference} data-sign={Math.sign(points) || 0}>
      {Number.isNaN(points) ? '–' : `${sign}${format.number(Math.abs(points), 0)}`}
    </span>
  );
}

interface ChangedProps {
  run: RunRecord;
  changed: Changes;
  classes: readonly string[];
}

function ChangedCards({ run, changed, classes }: ChangedProps) {
  const { t } = useKindTranslation('evaluate');
  const table = (items: readonly Answered[]) => () => ({
    header: ['file', 'class', 'answer', 'confidence'],
    rows: items.map(({ path, truth, answer, sure }) => [path, classes[truth], classes[answer], sure]),
  });
  return (
    <div className={styles.two}>
      {(['wrong', 'right'] as const).map((became) => (
        <Card
          key={became}
          title={t(`compare.became.${became}`, { count: changed[became].length })}
          downloads={{ name: `run-${run.number}-became-${became}`, table: table(changed[became]) }}
        >
          <PictureGrid run={run} classes={classes} items={changed[became]} step={18} />
        </Card>
      ))}
    </div>
  );
}
