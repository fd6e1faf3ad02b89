import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { macroF1, majorityBaseline, rightAnswers } from '@/lib/metrics.ts';
import { wilsonInterval } from '@/lib/statistics.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import styles from './evaluate.module.css';

/** How many test pictures are right, how sure that is, and what always answering the commonest class would give. */
export function AccuracyCard({ evaluation, run }: { evaluation: Evaluation; run: number }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const { confusion, examples, classes, loss, accuracy } = evaluation;
  const right = rightAnswers(confusion);
  const interval = wilsonInterval(right, examples);
  const baseline = majorityBaseline(confusion);
  const percents = {
    share: format.percent(accuracy),
    low: format.percent(interval.low),
    high: format.percent(interval.high),
    baseline: format.percent(baseline.share),
    name: classes[baseline.class],
  };
  return (
    <Card title={t('accuracy.title')} aside={<Verdict share={accuracy} low={interval.low} baseline={baseline.share} />}>
      <div className={styles.key}>{percents.share}</div>
      <div className="small muted num">{t('accuracy.count', { right, of: examples, ...percents })}</div>
      <div className={styles.interval} role="img" aria-label={t('accuracy.bar', percents)}>
        <i
          className={styles.likely}
          style={{
            left: `${100 * interval.low}%`,
            width: `${100 * (interval.high - interval.low)}%`,
            background: runColor(run),
          }}
        />
        <i className={styles.point} style={{ left: `${100 * accuracy}%`, background: runColor(run) }} />
        <i className={styles.baseline} style={{ left: `${100 * baseline.share}%` }} />
        <span
          className={styles.baselineWords}
          data-end={baseline.share >= 0.5}
          style={
            baseline.share < 0.5
              ? { marginLeft: `${100 * baseline.share}%` }
              : { marginRight: `${100 - 100 * baseline.share}%` }
          }
        >
          {t('accuracy.always', { name: percents.name, share: percents.baseline })}
        </span>
      </div>
      <p className="small muted">
        {t('accuracy.doubt', { count: examples, points: format.number(100 * (interval.high - interval.low), 0) })}
      </p>
      <dl className={styles.values}>
        <div>
          <dt>{t('accuracy.crossEntropy')}</dt>
          <dd>{format.fixed(loss, 3)}</dd>
        </div>
        <div>
          <dt>{t('accuracy.macroF1')}</dt>
          <dd>{format.percent(macroF1(confusion))}</dd>
        </div>
      </dl>
    </Card>
  );
}

function Verdict({ share, low, baseline }: { share: number; low: number; baseline: number }) {
  const { t } = useTranslation('evaluate');
  if (low > baseline)
    return (
      <StatusBadge tone="good" icon={<IconCheck size={13} />}>
        {t('accuracy.beats')}
      </StatusBadge>
    );
  const above = share > baseline;
  return (
    <StatusBadge tone={above ? 'warn' : 'bad'} icon={above ? <IconAlertTriangle size={13} /> : <IconX size={13} />}>
      {t(above ? 'accuracy.unsure' : 'accuracy.fails')}
    </StatusBadge>
  );
}
