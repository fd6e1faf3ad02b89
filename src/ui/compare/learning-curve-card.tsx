import { useElementSize } from '@mantine/hooks';
import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { useFormat } from '../format.ts';
import { answerContext } from '../panels/run-words.ts';
import styles from './compare.module.css';
import { type CurvePoint, curveAxes, curveRuns, learningCurve } from './learning-curve.ts';

const HEIGHT = 322;
const [TOP, BOTTOM, LEFT, RIGHT] = [14, 34, 52, 24];

/** What more data brings: the newest learning curve, where there is one. */
export const LearningCurveCard = memo(function LearningCurveCard({ runs }: { runs: readonly RunRecord[] }) {
  const { t } = useTranslation('twin');
  const { ref, width } = useElementSize();
  const own = useMemo(() => curveRuns(runs), [runs]);
  const points = useMemo(() => learningCurve(own), [own]);
  if (points.length < 2) return null;
  const answers = own[0] ? answerContext(own[0]) : {};
  const title = t('curve.title', answers);
  const table = () => ({
    header: ['share', 'examples', 'runs', 'accuracy', 'interval_low', 'interval_high'],
    rows: points.map(({ share, examples, accuracies, mean, low, high }) => [
      share,
      examples,
      accuracies.length,
      mean,
      low,
      high,
    ]),
  });
  const seeds = Math.max(...points.map(({ accuracies }) => accuracies.length));
  return (
    <Card title={title} downloads={{ name: 'learning-curve', table, chart: true }}>
      <div ref={ref} data-chart className={styles.plot}>
        {width > 0 && <Curve points={points} width={width} title={title} />}
      </div>
      <p className="tiny faint">{t('curve.note', { count: seeds })}</p>
    </Card>
  );
});

interface CurveProps {
  points: readonly CurvePoint[];
  width: number;
  title: string;
}

function Curve({ points, width, title }: CurveProps) {
  const { t } = useTranslation('twin');
  const format = useFormat();
  const { across, up } = curveAxes(points);
  const bottom = HEIGHT - BOTTOM;
  const right = width - RIGHT;
  const x = (value: number) =>
    LEFT + (Math.log(Math.max(1, value) / across.low) / Math.log(across.high / across.low)) * (right - LEFT);
  const y = (value: number) => bottom - ((value - up.low) / (up.high - up.low)) * (bottom - TOP);
  const told = points.map(({ examples, mean }) => `${format.number(examples, 0)}: ${format.percent(mean)}`);
  return (
    <svg role="img" aria-label={t('curve.summary', { title, points: told.join('; ') })} width={width} height={HEIGHT}>
      {up.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${LEFT} ${y(tick)}H${right}`} stroke="var(--grid)" />
          <text className={styles.tick} x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {format.percent(tick, 0)}
          </text>
        </g>
      ))}
      <path d={`M${LEFT} ${bottom}H${right}`} stroke="var(--axis)" />
      <path
        d={`M${points.map(({ examples, mean }) => `${x(examples)} ${y(mean)}`).join('L')}`}
        fill="none"
        stroke="var(--run-1)"
        strokeWidth={2}
      />
      {points.map(({ share, examples, accuracies, mean, low, high }) => (
        <g key={share}>
          <path d={`M${x(examples)} ${y(low)}V${y(high)}`} stroke="var(--run-1)" strokeWidth={2} strokeOpacity={0.6} />
          {accuracies.map((accuracy, i) => (
            <circle key={i} cx={x(examples)} cy={y(accuracy)} r={2.5} fill="var(--ink-3)" />
          ))}
          <circle cx={x(examples)} cy={y(mean)} r={5} fill="var(--surface)" stroke="var(--run-1)" strokeWidth={2} />
          <text
            className={styles.name}
            x={x(examples)}
            y={Math.max(TOP, y(high) - 8)}
            textAnchor="middle"
            fill="var(--ink)"
          >
            {format.percent(mean)}
          </text>
          <text className={styles.tick} x={x(examples)} y={bottom + 16} textAnchor="middle">
            {format.number(examples, 0)}
          </text>
        </g>
      ))}
      <text className={styles.tick} x={right} y={HEIGHT - 3} textAnchor="end">
        {t('curve.axis')}
      </text>
    </svg>
  );
}
