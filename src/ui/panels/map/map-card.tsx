import { ActionIcon, Slider } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EmbeddingMap } from '@/protocol/inside.ts';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { EmptyState } from '@/ui/controls/empty-state.tsx';
import { useFormat } from '@/ui/format.ts';
import { ClassLegend } from './class-legend.tsx';
import { ExampleShown } from './example-shown.tsx';
import styles from './map.module.css';
import { moved, unitOf } from './plane.ts';
import { Scatter } from './scatter.tsx';

/** Milliseconds that a look stands while they are played. */
const PLAY_MS = 500;
/** Less than this is rounding. */
const STILL = 1e-4;

/** Where a run's validation examples lie in what its head reads, validation by validation. */
export function MapCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('inside');
  const { map, number, status } = run;
  if (!map || map.looks.length === 0)
    return isOver(status.phase) ? null : (
      <Card title={t('map.title')}>
        <EmptyState title={t('empty.title')}>{t('map.empty')}</EmptyState>
      </Card>
    );
  return (
    <Card title={t('map.title')} downloads={{ name: `run-${number}-map`, table: () => tableOf(run, map) }}>
      <EmbeddingPlane key={run.id} run={run} map={map} />
    </Card>
  );
}

function EmbeddingPlane({ run, map }: { run: RunRecord; map: EmbeddingMap }) {
  const { t } = useTranslation('inside');
  const format = useFormat();
  const { shape, looks } = map;
  const { at, choose, playing, play } = useMoment(looks.length);
  const [label, setLabel] = useState<number>();
  const [example, show] = useState<number>();
  const unit = useMemo(() => unitOf(map), [map]);
  const look = looks[at]!;
  const seen = useMemo(() => [...new Set(shape.labels)].sort((a, b) => a - b), [shape]);
  const [x, y] = look.variance;
  return (
    <>
      <ClassLegend classes={run.classes} labels={seen} chosen={label} onChoose={setLabel} />
      <Scatter shape={shape} look={look} unit={unit} label={label} example={example} onExample={show} />
      {looks.length > 1 && (
        <div className={styles.when}>
          <ActionIcon variant="default" size="sm" aria-label={t(playing ? 'map.pause' : 'map.play')} onClick={play}>
            {playing ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
          </ActionIcon>
          <Slider
            className={styles.slider ?? ''}
            size={4}
            thumbSize={16}
            min={0}
            max={looks.length - 1}
            label={null}
            value={at}
            onChange={choose}
            thumbLabel={t('when')}
          />
          <output className="small num">{t('epoch', { epoch: format.number(look.epoch, 2) })}</output>
        </div>
      )}
      <ExampleShown run={run} shape={shape} example={example} onExample={show} />
      <p className="tiny faint">
        {t('map.how', { count: shape.ids.length, share: format.percent(x + y, 0) })}{' '}
        {looks.length > 1 && moved(map) < STILL && t('map.still')}
      </p>
    </>
  );
}

/** The look that is shown: the newest, until another one is chosen or they are played from the first. */
function useMoment(count: number) {
  const [chosen, setChosen] = useState<number>();
  const [playing, setPlaying] = useState(false);
  const at = Math.min(chosen ?? count - 1, count - 1);
  useEffect(() => {
    if (!playing) return;
    if (at >= count - 1) {
      setPlaying(false);
      setChosen(undefined);
      return;
    }
    const timer = setTimeout(() => setChosen(at + 1), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, at, count]);
  return {
    at,
    playing,
    choose(value: number) {
      setPlaying(false);
      setChosen(value === count - 1 ? undefined : value);
    },
    play() {
      if (!playing && at >= count - 1) setChosen(0);
      setPlaying(!playing);
    },
  };
}

const tableOf = ({ number, classes }: RunRecord, { shape, looks }: EmbeddingMap) => ({
  header: ['run', 'step', 'epoch', 'example', 'class', 'x', 'y'],
  rows: looks.flatMap(({ step, epoch, points }) =>
    [...shape.ids].map((id, i) => [
      ...[number, step, epoch, id, classes[shape.labels[i]!]],
      ...[points[2 * i], points[2 * i + 1]],
    ]),
  ),
});
