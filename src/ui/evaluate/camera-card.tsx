import { Button, Select } from '@mantine/core';
import { IconCamera, IconCameraOff, IconPlayerStop } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProblemNote } from '../controls/problem-note.tsx';
import { type CameraState, useCamera } from '../data/camera/use-camera.ts';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import styles from './camera-card.module.css';
import { Guesses } from './guesses.tsx';
import { useFrames } from './use-frames.ts';

/** What the camera sees, named live by the tuned model. */
export function CameraCard({ run }: { run: RunRecord }) {
  const { t } = useKindTranslation('evaluate');
  const [on, setOn] = useState(false);
  return (
    <Card
      title={t('camera.title')}
      aside={
        on && (
          <Button size="xs" leftSection={<IconPlayerStop size={14} />} onClick={() => setOn(false)}>
            {t('camera.stop')}
          </Button>
        )
      }
    >
      {on ? (
        <Live run={run} />
      ) : (
        <EmptyState
          title={t('camera.off')}
          action={
            <Button leftSection={<IconCamera size={16} />} onClick={() => setOn(true)}>
              {t('camera.start')}
            </Button>
          }
        >
          {t('camera.note')}
        </EmptyState>
      )}
    </Card>
  );
}

function Live({ run }: { run: RunRecord }) {
  const { t } = useTranslation(['evaluate', 'data']);
  const format = useFormat();
  const video = useRef<HTMLVideoElement>(null);
  const { state, again, devices, device, setDevice, mirrored } = useCamera(video);
  const { guess, rate, problem } = useFrames(run.id, video, state === 'on');
  const [first] = guess?.guesses ?? [];
  return (
    <div className={styles.live}>
      <div className={styles.frame}>
        <video ref={video} muted playsInline data-mirrored={mirrored || undefined} aria-label={t('camera.preview')} />
        {state === 'on' ? <i className={styles.square} /> : <NoPicture state={state} onAgain={again} />}
      </div>
      <div className={styles.side}>
        {problem && <ProblemNote problem={problem} />}
        {first && (
          <>
            <div>
              <div className={styles.answer}>{first.label}</div>
              <div className="small muted num">
                {t('camera.rate', { rate: format.number(rate, 0), ms: format.milliseconds(guess?.ms ?? 0) })}
              </div>
            </div>
            <Guesses title={t('camera.guesses')} guesses={guess?.guesses ?? []} color={runColor(run.number)} />
          </>
        )}
        {state === 'on' && !first && !problem && <p className="small muted">{t('camera.waiting')}</p>}
        {devices.length > 1 && (
          <Select
            size="xs"
            label={t('data:camera.device')}
            value={device ?? devices[0]!.deviceId}
            onChange={(value) => value && setDevice(value)}
            data={devices.map(({ deviceId, label }, i) => ({
              value: deviceId,
              label: label || t('data:camera.number', { number: i + 1 }),
            }))}
          />
        )}
        <p className="tiny faint">{t('camera.square')}</p>
      </div>
    </div>
  );
}

/** Why there is no picture, and the way to one. */
function NoPicture({ state, onAgain }: { state: Exclude<CameraState, 'on'>; onAgain(): void }) {
  const { t } = useTranslation('data');
  if (state === 'starting') return <p className={styles.nothing}>{t('data:camera.starting')}</p>;
  return (
    <div className={styles.nothing} role="alert">
      <IconCameraOff size={28} stroke={1.5} aria-hidden="true" />
      <b>{t(`data:camera.problem.${state}.what`)}</b>
      <p className="small muted">{t(`data:camera.problem.${state}.next`)}</p>
      {state !== 'insecure' && (
        <Button size="xs" onClick={onAgain}>
          {t('data:camera.again')}
        </Button>
      )}
    </div>
  );
}
