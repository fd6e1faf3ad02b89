import { Autocomplete, Button, Modal, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCamera, IconCameraOff } from '@tabler/icons-react';
import { type KeyboardEvent, useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BlobImage } from '../../controls/blob-image.tsx';
import { Note } from '../../controls/note.tsx';
import { useFormat } from '../../format.ts';
import { useActions, useStudio } from '../../studio-context.tsx';
import styles from './camera-dialog.module.css';
import { type CameraProblem, type CameraState, useCamera } from './use-camera.ts';
import { useRecorder } from './use-recorder.ts';

/** The camera over whatever screen, while it is open. */
export function CameraDialog() {
  const camera = useStudio((state) => state.camera);
  return camera === undefined ? null : <OpenCamera label={camera} />;
}

/** Pictures of the last bursts that are shown. */
const SHOWN = 12;

function OpenCamera({ label }: { label: string }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const small = useMediaQuery('(max-width: 700px)');
  const { closeCamera, takePictures } = useActions();
  const classes = useStudio(({ dataset }) => (dataset?.kind === 'image' ? dataset.classes : undefined));
  const problem = useStudio((state) => state.problems.data);
  const [name, setName] = useState(label);
  const [putting, setPutting] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const { state, again, devices, device, setDevice, mirrored } = useCamera(video);
  const into = name.trim();
  const onTaken = useCallback(
    async (pictures: readonly Blob[]) => {
      setPutting(true);
      await takePictures(pictures, into);
      setPutting(false);
    },
    [takePictures, into],
  );
  const { shots, recording, start, stop, forget } = useRecorder(video, onTaken);
  const ready = state === 'on' && into !== '' && !putting;

  function hold({ key, repeat }: KeyboardEvent): void {
    if ((key === ' ' || key === 'Enter') && !repeat && ready) start();
  }
  function letGo({ key }: KeyboardEvent): void {
    if (key === ' ' || key === 'Enter') void stop();
  }

  return (
    <Modal
      opened
      onClose={closeCamera}
      size="lg"
      fullScreen={Boolean(small)}
      title={<b>{t('camera.title')}</b>}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <div className={styles.dialog}>
        <div className={styles.frame} data-recording={recording || undefined}>
          <video ref={video} muted playsInline data-mirrored={mirrored || undefined} aria-label={t('camera.preview')} />
          {state !== 'on' && <NoPicture state={state} onAgain={again} />}
        </div>
        <div className={styles.side}>
          <Autocomplete
            label={t('camera.class')}
            description={into === '' ? t('camera.nameFirst') : undefined}
            data={classes?.map((one) => one.name) ?? []}
            value={name}
            maxLength={250}
            disabled={recording}
            onChange={(value) => {
              setName(value);
              forget();
            }}
          />
          {devices.length > 1 && (
            <Select
              label={t('camera.device')}
              value={device ?? devices[0]!.deviceId}
              data={devices.map(({ deviceId, label: called }, i) => ({
                value: deviceId,
                label: called || t('camera.number', { number: i + 1 }),
              }))}
              onChange={(value) => value && setDevice(value)}
            />
          )}
          <Button
            size="lg"
            variant="filled"
            className={styles.hold ?? ''}
            disabled={!ready && !recording}
            leftSection={<IconCamera size={20} />}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              start();
            }}
            onPointerUp={() => void stop()}
            onPointerCancel={() => void stop()}
            onKeyDown={hold}
            onKeyUp={letGo}
            onBlur={() => void stop()}
            onContextMenu={(event) => event.preventDefault()}
          >
            {t(recording ? 'camera.recording' : 'camera.hold')}
          </Button>
          <p className="small muted" role="status">
            {shots.length > 0 ? t('camera.taken', { count: shots.length, name: into }) : t('camera.note')}
          </p>
          {problem && <Note tone="bad">{t('camera.notAdded')}</Note>}
          {shots.length > 0 && (
            <ul className={styles.shots} aria-label={t('camera.last', { number: format.number(SHOWN, 0) })}>
              {shots.slice(-SHOWN).map((shot, i) => (
                <li key={shots.length - Math.min(SHOWN, shots.length) + i}>
                  <BlobImage blob={shot} alt="" />
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </Modal>
  );
}

function NoPicture({ state, onAgain }: { state: Exclude<CameraState, 'on'>; onAgain(): void }) {
  const { t } = useTranslation('data');
  if (state === 'starting') return <p className={styles.nothing}>{t('camera.starting')}</p>;
  const problem: CameraProblem = state;
  return (
    <div className={styles.nothing} role="alert">
      <IconCameraOff size={28} stroke={1.5} aria-hidden="true" />
      <b>{t(`camera.problem.${problem}.what`)}</b>
      <p className="small muted">{t(`camera.problem.${problem}.next`)}</p>
      {problem !== 'insecure' && (
        <Button size="xs" onClick={onAgain}>
          {t('camera.again')}
        </Button>
      )}
    </div>
  );
}
