import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import type { PlainTable } from '@/ui/controls/download-csv.ts';
import { useFormat } from '@/ui/format.ts';
import { useActions, useStudio } from '@/ui/studio-context.tsx';
import { RunMarker } from '../run-marker.tsx';
import { answerContext, bestAccuracy, useRunName } from '../run-words.ts';
import styles from './runs.module.css';

/** Every run of this session with its best validation accuracy; one of them is shown. */
export function RunsCard({ run: shown }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const runs = useStudio((state) => state.runs);
  const newestFirst = Object.values(runs).sort((a, b) => b.number - a.number);
  const most = Math.max(...newestFirst.map((run) => bestAccuracy(run)?.share ?? -1));
  return (
    <Card
      title={t('runs.title')}
      aside={<span className="tiny faint">{t('runs.note', answerContext(shown))}</span>}
      downloads={{ name: 'runs', table: () => tableOf(newestFirst) }}
    >
      <ul className={styles.runs}>
        {newestFirst.map((run) => (
          <RunLine key={run.id} run={run} shown={run.id === shown.id} most={most} alone={newestFirst.length === 1} />
        ))}
      </ul>
    </Card>
  );
}

const tableOf = (runs: readonly RunRecord[]): PlainTable => ({
  header: [
    'run',
    'model',
    'method',
    'learning_rate',
    'batch_size',
    'seed',
    'epochs',
    'validation_accuracy',
    'examples',
  ],
  rows: runs.map((run) => {
    const { number, modelName, settings, status } = run;
    const { method, learningRate, batchSize, seed } = settings;
    const accuracy = bestAccuracy(run);
    return [number, modelName, method.id, learningRate, batchSize, seed, status.epoch, accuracy?.share, accuracy?.of];
  }),
});

interface RunLineProps {
  run: RunRecord;
  shown: boolean;
  /** The best accuracy of all runs. */
  most: number;
  alone: boolean;
}

function RunLine({ run, shown, most, alone }: RunLineProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const actions = useActions();
  const name = useRunName()(run);
  const accuracy = bestAccuracy(run);
  const words = accuracy
    ? format.percent(accuracy.share)
    : isOver(run.status.phase)
      ? '–'
      : t(`phase.${run.status.phase}`);
  return (
    <li>
      <button
        type="button"
        className={styles.run}
        aria-current={shown}
        data-best={!alone && accuracy !== undefined && accuracy.share === most}
        onClick={() => actions.showRun(run.id)}
      >
        <RunMarker run={run.number} />
        <span className={styles.name}>{t('runs.line', { number: run.number, method: name.method })}</span>
        <span className="num">{words}</span>
      </button>
    </li>
  );
}
