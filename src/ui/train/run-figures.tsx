import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import { extreme, latest } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { KeyFigure, KeyFigures } from '../controls/key-figure.tsx';
import { useFormat } from '../format.ts';
import { accuracyAt, bestAccuracy } from '../panels/run-words.ts';

/** The run in numbers: of this moment while it runs, of its best epoch once it is over. */
export function RunFigures({ run }: { run: RunRecord }) {
  const small = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false });
  if (run.imported) return null;
  return (
    <KeyFigures>
      {isOver(run.status.phase) ? <FiguresAfter run={run} /> : <FiguresNow run={run} />}
      {!small && <Machine run={run} />}
    </KeyFigures>
  );
}

function FiguresNow({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { validation, status, settings } = run;
  const none = t('figure.none');
  const loss = latest(validation, 'loss');
  const best = extreme(validation, 'loss', 'min');
  const accuracy = validation.length > 0 ? accuracyAt(validation, validation.length - 1) : undefined;
  return (
    <>
      <KeyFigure
        label={t('figure.validationLoss')}
        value={loss === undefined ? none : format.fixed(loss, 3)}
        note={best < 0 ? undefined : t('figure.best', { value: format.fixed(validation.columns.loss[best] ?? 0, 3) })}
      />
      <KeyFigure
        label={t('figure.validationAccuracy')}
        value={accuracy ? format.percent(accuracy.share) : none}
        note={accuracy && t('figure.count', accuracy)}
      />
      <Speed run={run} />
      <KeyFigure
        label={t('figure.timeLeft')}
        value={status.secondsLeft > 0 ? format.duration(status.secondsLeft) : none}
        note={status.secondsLeft > 0 && settings.earlyStopping.enabled ? t('figure.atMost') : undefined}
      />
    </>
  );
}

function FiguresAfter({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { validation, train, status } = run;
  const none = t('figure.none');
  const best = extreme(validation, 'loss', 'min');
  const accuracy = bestAccuracy(run);
  const seconds = Math.max(latest(train, 'seconds') ?? 0, latest(validation, 'seconds') ?? 0);
  return (
    <>
      <KeyFigure
        label={t('figure.bestValidationLoss')}
        value={best < 0 ? none : format.fixed(validation.columns.loss[best] ?? 0, 3)}
        note={
          best < 0 ? undefined : t('figure.atEpoch', { epoch: format.number(validation.columns.epoch[best] ?? 0, 1) })
        }
      />
      <KeyFigure
        label={t('figure.validationAccuracy')}
        value={accuracy ? format.percent(accuracy.share) : none}
        note={accuracy && t('figure.count', accuracy)}
      />
      <Speed run={run} />
      <KeyFigure
        label={t('figure.timeTaken')}
        value={seconds > 0 ? format.duration(seconds) : none}
        note={t('figure.inEpochs', { count: Math.floor(status.epoch) })}
      />
    </>
  );
}

function Speed({ run: { status } }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const none = t('figure.none');
  const { examplesPerSecond } = status;
  return (
    <KeyFigure
      label={t('figure.speed')}
      value={examplesPerSecond > 0 ? format.number(examplesPerSecond, examplesPerSecond < 10 ? 1 : 0) : none}
    />
  );
}

function Machine({ run: { status } }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { stepMs, memoryBytes, cache, backend } = status;
  const cacheNote = { none: 'figure.notCached', device: 'figure.cached', disk: 'figure.onDisk' } as const;
  return (
    <>
      <KeyFigure label={t('figure.stepTime')} value={stepMs > 0 ? format.milliseconds(stepMs) : t('figure.none')} />
      <KeyFigure
        label={t(backend === 'webgpu' ? 'figure.gpuMemory' : 'figure.memory')}
        value={memoryBytes > 0 ? format.bytes(memoryBytes) : t('figure.none')}
      />
      <KeyFigure
        label={t('figure.prefix')}
        value={cache.bytes > 0 ? format.bytes(cache.bytes) : t('figure.none')}
        note={t(cacheNote[cache.place])}
      />
    </>
  );
}
