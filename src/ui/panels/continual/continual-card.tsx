import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { averageAccuracy, backwardTransfer, forgetting } from '@/lib/tasks.ts';
import type { RunMatrix } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import type { PlainTable } from '@/ui/controls/download-csv.ts';
import { useFormat } from '@/ui/format.ts';
import styles from './continual.module.css';

/** Tasks one after the other: the accuracy on each after each, and what learning later ones did to the earlier. */
export function ContinualCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('cures');
  const { tasks } = run.settings;
  const { matrix } = run;
  if (tasks === 1 || run.imported) return null;
  if (!matrix || matrix.rows.length === 0)
    return (
      <Card title={t('continual.title', { count: tasks })}>
        <p className="small muted">{t('continual.waiting')}</p>
      </Card>
    );
  return (
    <Card
      title={t('continual.title', { count: tasks })}
      downloads={{ name: `run-${run.number}-tasks`, table: () => tableOf(run.number, matrix) }}
    >
      <Matrix matrix={matrix} />
      <Figures matrix={matrix} />
      <p className="tiny faint">{t('continual.how')}</p>
    </Card>
  );
}

/** A row for each task that was learned, a column for the task that was then measured. */
const tableOf = (run: number, { tasks, rows }: RunMatrix): PlainTable => ({
  header: ['run', 'after', 'step', 'epoch', ...tasks.map((classes, i) => `task_${i + 1} (${classes.join(' ')})`)],
  rows: rows.map(({ step, epoch, accuracy }, i) => [run, i + 1, step, epoch, ...accuracy]),
});

function Matrix({ matrix: { tasks, rows } }: { matrix: RunMatrix }) {
  const { t } = useTranslation('cures');
  const format = useFormat();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('continual.caption')}>
      <table className={styles.matrix}>
        <caption className="visually-hidden">{t('continual.caption')}</caption>
        <thead>
          <tr>
            <td />
            {tasks.map((classes, task) => (
              <th key={task} scope="col" title={format.list(classes)}>
                {t('continual.on', { task: task + 1 })}
                <small>{format.list(classes)}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ step, accuracy }, row) => (
            <tr key={step}>
              <th scope="row">{t('continual.after', { task: row + 1 })}</th>
              {accuracy.map((share, task) => (
                <td
                  key={task}
                  data-unseen={task > row}
                  style={{ '--share': Number.isNaN(share) ? 0 : share } as CSSProperties}
                >
                  {format.percent(share, 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What the matrix comes to, in words. */
function Figures({ matrix: { rows } }: { matrix: RunMatrix }) {
  const { t } = useTranslation('cures');
  const format = useFormat();
  const accuracies = rows.map(({ accuracy }) => accuracy);
  const [average, transfer, lost] = [averageAccuracy(accuracies), backwardTransfer(accuracies), forgetting(accuracies)];
  const points = (share: number) => format.number(100 * share, 1);
  return (
    <ul className={`small ${styles.figures}`}>
      {average !== undefined && (
        <li>{t('continual.average', { count: rows.length, share: format.percent(average) })}</li>
      )}
      {transfer !== undefined && <li>{t('continual.transfer', { points: points(transfer) })}</li>}
      {lost !== undefined && <li>{t('continual.forgetting', { points: points(lost) })}</li>}
    </ul>
  );
}
