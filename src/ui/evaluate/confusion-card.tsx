import { type CSSProperties, useState } from 'react';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import type { PlainTable } from '../controls/download-csv.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { Segmented } from '../controls/segmented.tsx';
import { useFormat } from '../format.ts';
import styles from './confusion.module.css';

type Shown = 'count' | 'share';
/** With more classes than this the names of the columns stand upright. */
const MOST_LEVEL = 6;
/** With more than this no eye finds its way through the grid: the list of pairs stands for it. */
export const MOST_IN_GRID = 32;

/** What each picture is, against what the model said: a grid to look at, a table to read. */
export function ConfusionCard({ evaluation, run }: { evaluation: Evaluation; run: number }) {
  const { t } = useKindTranslation('evaluate');
  const [shown, show] = useState<Shown>('count');
  return (
    <Card
      title={t('confusion.title')}
      aside={
        <Segmented<Shown>
          label={t('confusion.show')}
          value={shown}
          onChange={show}
          options={[
            { value: 'count', label: t('confusion.count') },
            { value: 'share', label: t('confusion.share') },
          ]}
        />
      }
      downloads={{ name: `run-${run}-confusion`, table: () => tableOf(evaluation), chart: true }}
    >
      <div data-chart>
        <ConfusionMatrix evaluation={evaluation} shown={shown} />
        <p className={styles.legend}>{t('confusion.key')}</p>
      </div>
    </Card>
  );
}

/** Counts: a row for what it is, a column for what the model said. */
const tableOf = ({ classes, confusion }: Evaluation): PlainTable => ({
  header: ['class', ...classes],
  rows: confusion.map((row, i) => [classes[i], ...row]),
});

function ConfusionMatrix({ evaluation: { classes, confusion }, shown }: { evaluation: Evaluation; shown: Shown }) {
  const { t } = useKindTranslation('evaluate');
  const longest = Math.max(...classes.map((name) => name.length));
  const room = { '--classes': classes.length, '--names': `${Math.min(14, longest + 1)}ch` } as CSSProperties;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('confusion.title')}>
      <table className={styles.matrix} style={room} data-upright={classes.length > MOST_LEVEL}>
        <caption className="visually-hidden">{t('confusion.key')}</caption>
        <thead>
          <tr>
            <td className={styles.corner} />
            {classes.map((name) => (
              <th key={name} scope="col" className={styles.answer} title={name}>
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((truth, i) => (
            <tr key={truth}>
              <th scope="row" className={styles.truth} title={truth}>
                {truth}
              </th>
              {classes.map((answer, j) => (
                <Cell
                  key={answer}
                  truth={truth}
                  answer={answer}
                  right={i === j}
                  count={confusion[i]?.[j] ?? 0}
                  of={(confusion[i] ?? []).reduce((sum, count) => sum + count, 0)}
                  shown={shown}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CellProps {
  truth: string;
  answer: string;
  right: boolean;
  count: number;
  /** Pictures of the truth. */
  of: number;
  shown: Shown;
}

function Cell({ truth, answer, right, count, of, shown }: CellProps) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const share = of > 0 ? count / of : 0;
  const color = right ? 'var(--heat)' : 'var(--heat-miss)';
  const words = t(right ? 'confusion.right' : 'confusion.wrong', { count, of, truth, answer });
  const strength = right ? 0.08 + 0.38 * share : 0.16 + 0.36 * share;
  return (
    <td
      className={styles.cell}
      title={words}
      data-empty={count === 0}
      style={count > 0 ? { background: `rgba(${color}, ${strength.toFixed(3)})` } : undefined}
    >
      {shown === 'count' ? format.number(count, 0) : count === 0 ? '0' : format.percent(share, 0)}
    </td>
  );
}
