import { IconLock } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { SPLITS, type Split } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useFormat } from '../format.ts';
import styles from './split-bar.module.css';
import { type Border, LEAST, moveBorder, type Shares } from './split-shares.ts';

interface SplitBarProps {
  shares: Shares;
  counts: Readonly<Record<Split, number>>;
  /** Without handles: the files named the splits. */
  fixed: boolean;
  onMove(shares: Shares): void;
}

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -5,
  PageUp: 5,
};

/** Training, validation and test side by side, as wide as they are large, with a handle on each border. */
export function SplitBar({ shares, counts, fixed, onMove }: SplitBarProps) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const bar = useRef<HTMLDivElement>(null);
  const borderAt = (border: Border): number => (border === 'train' ? shares.train : shares.train + shares.validation);
  const least = (border: Border): number => LEAST + (border === 'train' ? 0 : shares.train);

  function drag(event: PointerEvent<HTMLSpanElement>, border: Border): void {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !bar.current) return;
    const { left, width } = bar.current.getBoundingClientRect();
    const moved = moveBorder(shares, border, ((event.clientX - left) / width) * 100);
    if (moved[border] !== shares[border]) onMove(moved);
  }
  function press(event: KeyboardEvent, border: Border): void {
    const step = STEPS[event.key];
    const at =
      event.key === 'Home' ? least(border) : event.key === 'End' ? 100 : step ? borderAt(border) + step : undefined;
    if (at === undefined) return;
    event.preventDefault();
    onMove(moveBorder(shares, border, at));
  }

  const handle = (border: Border) => (
    <span
      className={styles.handle}
      role="slider"
      tabIndex={0}
      aria-label={t(`split.share.${border}`)}
      aria-valuemin={LEAST}
      aria-valuemax={
        border === 'train' ? shares.train + shares.validation - LEAST : shares.validation + shares.test - LEAST
      }
      aria-valuenow={shares[border]}
      aria-valuetext={t('split.value', {
        share: format.percent(shares[border] / 100, 0),
        pictures: t('pictures', { count: counts[border] }),
      })}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => drag(event, border)}
      onKeyDown={(event) => press(event, border)}
    />
  );

  return (
    <div>
      <div ref={bar} className={styles.bar}>
        {SPLITS.map((part) => (
          <div key={part} className={styles.part} data-split={part} style={{ flexGrow: Math.max(1, shares[part]) }}>
            {part === 'test' && <IconLock size={14} aria-hidden="true" className={styles.lock} />}
            <span className={styles.name}>{t(`split.${part}`)}</span>
            <span className="num">{format.number(counts[part], 0)}</span>
            {!fixed && part !== 'test' && handle(part)}
          </div>
        ))}
      </div>
      <dl className={styles.legend}>
        {SPLITS.map((part) => (
          <div key={part}>
            <dt data-split={part}>{t(`split.${part}`)}</dt>
            <dd>{t(`split.note.${part}`)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
