import { ActionIcon, CloseButton, NativeSelect, Slider } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format.ts';
import styles from './replay-bar.module.css';
import { type Replay, SPEEDS } from './use-replay.ts';

interface ReplayBarProps {
  replay: Replay;
  /** For the last row of a class. */
  large?: boolean;
  /** Shown where the bar can be put away. */
  onClose?(): void;
}

/** A recorded run played again: where it is, on or halted, and how fast. */
export function ReplayBar({ replay, large = false, onClose }: ReplayBarProps) {
  const { t } = useTranslation('present');
  const format = useFormat();
  const { seconds, begin, length, playing, speed } = replay;
  const now = seconds ?? length;
  const place = t('replay.place', { now: format.duration(now), end: format.duration(length) });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's meaning
    <div className={styles.bar} data-large={large || undefined} role="group" aria-label={t('replay.title')}>
      {!large && (
        <ActionIcon variant="default" aria-label={t(playing ? 'do.pause' : 'do.replay')} onClick={replay.toggle}>
          {playing ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}
        </ActionIcon>
      )}
      <Slider
        className={styles.slider}
        thumbLabel={t('replay.moment')}
        label={null}
        min={begin}
        max={length}
        step={(length - begin) / 1000}
        value={now}
        onChange={replay.seek}
        thumbProps={{ 'aria-valuetext': place }}
      />
      <span className={`${styles.place} num`}>{place}</span>
      {!large && (
        <NativeSelect
          size="xs"
          aria-label={t('replay.speed')}
          value={String(speed)}
          onChange={(event) => replay.setSpeed(Number(event.currentTarget.value))}
          data={SPEEDS.map((each) => ({ value: String(each), label: t('speedOf', { speed: format.number(each, 2) }) }))}
        />
      )}
      {onClose && <CloseButton aria-label={t('replay.close')} onClick={onClose} />}
    </div>
  );
}
