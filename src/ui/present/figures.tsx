import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { useFormat } from '../format.ts';
import { LineGlyph } from './big-chart.tsx';
import { useLineName } from './line-name.ts';
import type { BigLine } from './lines.ts';
import styles from './present.module.css';

interface FiguresProps {
  lines: readonly BigLine[];
  runs: readonly RunRecord[];
  metric: 'loss' | 'accuracy';
  small?: boolean;
}

/** Beside the chart: what each line is, by its shape and dashes, and its last value. */
export function Figures({ lines, runs, metric, small = false }: FiguresProps) {
  const { t } = useTranslation('present');
  const format = useFormat();
  const name = useLineName();
  const show = (value: number) => (metric === 'accuracy' ? format.share(value) : format.fixed(value, 2));
  const several = new Set(lines.map(({ curve }) => curve)).size > 1;
  return (
    <dl
      className={styles.figures}
      data-many={small || lines.length > 3 ? 'more' : lines.length > 2 ? 'three' : undefined}
    >
      {lines.map((line) => (
        <div
          key={line.id}
          style={{ color: line.ink }}
          data-figure={`${line.run.lesson?.run ?? line.run.number}/${line.curve}`}
        >
          <dt>
            <svg width="44" height="22" viewBox="-22 -11 44 22" aria-hidden="true">
              <line
                x1={-22}
                x2={22}
                stroke={line.color}
                strokeWidth={4}
                strokeDasharray={line.dash ? '9 5' : undefined}
              />
              <LineGlyph line={line} scale={1.3} />
            </svg>
            {name(line, runs, several)}
          </dt>
          <dd>{show(line.value)}</dd>
          {line.curve === 'old' && <dd className={styles.was}>{t('was', { value: show(line.first) })}</dd>}
        </div>
      ))}
    </dl>
  );
}
