import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { balancedAccuracy, macroF1, majorityBaseline, rightAnswers, weightedF1 } from '@/lib/metrics.ts';
import { wilsonInterval } from '@/lib/statistics.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import styles from './accuracy-card.module.css';
import { IntervalBar } from './interval-bar.tsx';

/** How many test pictures are right, how sure that is, and what always answering the commonest class would give. */
export function AccuracyCard({ evaluation, run }: { evaluation: Evaluation; run: number }) {
  const { t } = useKindTranslation('evaluate');
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
  const scores = {
    cross_entropy: loss,
    macro_f1: macroF1(confusion),
    weighted_f1: weightedF1(confusion),
    balanced_accuracy: balancedAccuracy(confusion),
  };
  const table = () => ({
    header: ['metric', 'value'],
    rows: [
      ['accuracy', accuracy],
      ['right', right],
      ['examples', examples],
      ['interval_low', interval.low],
      ['interval_high', interval.high],
      ['majority_baseline', baseline.share],
      ...Object.entries(scores),
    ],
  });
  return (
    <Card title={t('accuracy.title')} downloads={{ name: `run-${run}-accuracy`, table, chart: true }}>
      <div className={styles.key}>{percents.share}</div>
      <div className="small muted num">{t('accuracy.count', { right, of: examples, ...percents })}</div>
      <div className={styles.verdict}>
        <Verdict share={accuracy} low={interval.low} baseline={baseline.share} />
      </div>
      <div className={styles.interval}>
        <IntervalBar
          label={t('accuracy.bar', percents)}
          share={accuracy}
          interval={interval}
          color={runColor(run)}
          mark={baseline.share}
        />
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
        <Value name={t('accuracy.crossEntropy')} value={format.fixed(loss, 3)} />
        <Value name={t('accuracy.balanced')} value={format.percent(scores.balanced_accuracy)} />
        <Value name={t('accuracy.macroF1')} value={format.percent(scores.macro_f1)} />
        <Value name={t('accuracy.weightedF1')} value={format.percent(scores.weighted_f1)} />
      </dl>
    </Card>
  );
}

const Value = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

function Verdict({ share, low, baseline }: { share: number; low: number; baseline: number }) {
  const { t } = useKindTranslation('evaluate');
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
