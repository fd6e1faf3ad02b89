import { memo, useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { epochsBetweenLooks, INSIDE_METRICS, type Inside, type InsideMetric } from '@/protocol/inside.ts';
import { insideTable } from '@/protocol/inside-table.ts';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { EmptyState } from '@/ui/controls/empty-state.tsx';
import { Segmented } from '@/ui/controls/segmented.tsx';
import { HeatMap } from './heat-map.tsx';
import styles from './inside.module.css';
import { greatest } from './scale.ts';
import { useFigure } from './use-figure.ts';

/** How a run moves its network, stage by stage, along its validations. */
export function InsideCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('inside');
  const { inside, settings, status, number } = run;
  const [metric, setMetric] = useState<InsideMetric>('distance');
  if (!inside || inside.looks.length === 0)
    return isOver(status.phase) ? null : (
      <Card title={t('title')}>
        <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
      </Card>
    );
  const metrics = INSIDE_METRICS.map((value) => ({ value, label: t(`metric.${value}`) }));
  return (
    <Card
      title={t('title')}
      aside={
        <Segmented<InsideMetric> label={t('metric.label')} value={metric} onChange={setMetric} options={metrics} />
      }
      downloads={{ name: `run-${number}-inside`, table: () => insideTable(inside) }}
    >
      <Body inside={inside} metric={metric} epochs={settings.epochs} />
    </Card>
  );
}

/** Drawn when there is time: steps go on meanwhile. */
const Body = memo(function Body(props: { inside: Inside; metric: InsideMetric; epochs: number }) {
  const { t } = useTranslation('inside');
  const { inside, metric, epochs } = useDeferredValue(props);
  const every = epochsBetweenLooks(epochs);
  return (
    <>
      <Finding inside={inside} metric={metric} />
      <HeatMap
        key={inside.shape.stages.join()}
        inside={inside}
        metric={metric}
        columns={Math.ceil(epochs / every) + 1}
      />
      <p className="tiny faint">
        {t(`how.${metric}`)} {every > 1 && t('every', { count: every })}
      </p>
    </>
  );
});

/** What the newest look says first. */
function Finding({ inside: { shape, looks }, metric }: { inside: Inside; metric: InsideMetric }) {
  const { t } = useTranslation('inside');
  const figure = useFigure(metric);
  const most = greatest(looks.at(-1)!, metric);
  const values = most && { stage: shape.stages[most.stage], value: figure(most.value) };
  return <p className={styles.finding}>{values ? t(`most.${metric}`, values) : t(`none.${metric}`)}</p>;
}
