import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { useFormat } from '@/ui/format.ts';
import { type MarkWords, useMarkWords } from '../mark-words.ts';
import styles from './log.module.css';

/** What was done to a run, and when; newest first. */
export function LogCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('steer');
  const marks = useMarkWords()(run);
  if (marks.length === 0) return null;
  return (
    <Card
      title={t('log.title')}
      downloads={{
        name: `run-${run.number}-log`,
        table: () => ({
          header: ['run', 'step', 'epoch', 'seconds', 'kind', 'words'],
          rows: marks.map(({ mark, long }) => [run.number, mark.step, mark.epoch, mark.seconds, mark.kind, long]),
        }),
      }}
    >
      <ol className={styles.log} reversed>
        {marks.toReversed().map((words, i) => (
          <Line key={marks.length - i} number={marks.length - i} {...words} />
        ))}
      </ol>
    </Card>
  );
}

function Line({ number, mark, long }: MarkWords & { number: number }) {
  const { t } = useTranslation('steer');
  const format = useFormat();
  return (
    <li>
      <span className={styles.number} aria-hidden="true">
        {number}
      </span>
      <span>
        <span>{long}</span>
        <small className="faint num">
          {t('place', { epoch: format.number(mark.epoch, 1), step: format.number(mark.step, 0) })}
        </small>
      </span>
    </li>
  );
}
