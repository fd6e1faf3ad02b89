import { useElementSize } from '@mantine/hooks';
import { memo, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { Segmented } from '../controls/segmented.tsx';
import { RunMarker } from '../panels/run-marker.tsx';
import { answerContext } from '../panels/run-words.ts';
import styles from './compare.module.css';
import { domainOf, type LineAxis, type LineMetric, lineOf } from './lines.ts';
import { type Drawn, Plot, WIDE } from './overlay-plot.tsx';

interface OverlayProps {
  runs: readonly RunRecord[];
  nameOf(run: RunRecord): string;
}

/** Validation of several runs over each other. */
export const OverlayCard = memo(function OverlayCard({ runs, nameOf }: OverlayProps) {
  const { t } = useTranslation(['compare', 'chart']);
  const [metric, setMetric] = useState<LineMetric>('loss');
  const [axis, setAxis] = useState<LineAxis>('epoch');
  const { ref, width } = useElementSize();
  const lines = useMemo(() => runs.map((run) => lineOf(run.validation, metric, axis)), [runs, metric, axis]);
  const domain = useMemo(() => domainOf(lines, metric), [lines, metric]);
  const drawn = useMemo(
    () => runs.map((run, i): Drawn => ({ run, name: nameOf(run), line: lines[i]! })),
    [runs, lines, nameOf],
  );
  const answers = runs[0] ? answerContext(runs[0]) : {};
  const title = t(metric === 'loss' ? 'overlay.loss' : 'overlay.accuracy', answers);
  const table = () => ({
    header: ['run', 'name', 'step', 'epoch', 'seconds', 'validation_loss', 'validation_accuracy'],
    rows: drawn.flatMap(({ run, name }) => {
      const { columns: c, length } = run.validation;
      return Array.from({ length }, (_, i) => [
        run.number,
        name,
        c.step[i],
        c.epoch[i],
        c.seconds[i],
        c.loss[i],
        c.accuracy[i],
      ]);
    }),
  });
  return (
    <Card
      title={title}
      aside={
        <>
          <Segmented<LineMetric>
            label={t('overlay.metric')}
            value={metric}
            onChange={setMetric}
            options={(['loss', 'accuracy'] as const).map((value) => ({ value, label: t(`chart:${value}`, answers) }))}
          />
          <Segmented<LineAxis>
            label={t('chart:axis.label')}
            value={axis}
            onChange={setAxis}
            options={(['epoch', 'seconds'] as const).map((value) => ({ value, label: t(`chart:axis.${value}`) }))}
          />
        </>
      }
      downloads={{ name: 'compare-curves', table, chart: true }}
    >
      <div ref={ref} data-chart>
        {width > 0 && width < WIDE && <Legend drawn={drawn} />}
        {width > 0 && <Plot {...{ drawn, domain, metric, axis, width, title }} />}
      </div>
    </Card>
  );
});

const Legend = ({ drawn }: { drawn: readonly Drawn[] }) => (
  <ul className={styles.legend}>
    {drawn.map(({ run, name }) => (
      <li key={run.id}>
        <RunMarker run={run.number} size={14} /> {run.number} {name}
      </li>
    ))}
  </ul>
);
