import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import { extreme, latest } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { KeyFigure, KeyFigures } from '../controls/key-figure.tsx';
import { useFormat } from '../format.ts';
import { accuracyAt, answerContext, bestAccuracy, writes } from '../panels/run-words.ts';

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
  const least = extreme(validation, 'loss', 'min');
  const accuracy = validation.length > 0 ? accuracyAt(validation, validation.length - 1) : undefined;
  const show = useLoss(run);
  return (
    <>
      <KeyFigure
        label={t(writes(run) ? 'figure.perplexity' : 'figure.validationLoss')}
        value={loss === undefined ? none : show(loss)}
        note={least < 0 ? undefined : t('figure.best', { value: show(validation.columns.loss[least] ?? 0) })}
      />
      <Accuracy run={run} accuracy={accuracy} />
      <Speed run={run} />
      <KeyFigure
        label={t('figure.timeLeft')}
        value={status.secondsLeft > 0 ? format.duration(status.secondsLeft) : none}
        note={
          status.secondsLeft > 0 && settings.earlyStopping.enabled && settings.earlyStopping.act === 'stop'
            ? t('figure.atMost')
            : undefined
        }
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
  const seconds = Math.max(latest(train, 'seconds') ?? 0, latest(validation, 'seconds') ?? 0);
  const show = useLoss(run);
  return (
    <>
      <KeyFigure
        label={t(writes(run) ? 'figure.bestPerplexity' : 'figure.bestValidationLoss')}
        value={best < 0 ? none : show(validation.columns.loss[best] ?? 0)}
        note={
          best < 0 ? undefined : t('figure.atEpoch', { epoch: format.number(validation.columns.epoch[best] ?? 0, 1) })
        }
      />
      <Accuracy run={run} accuracy={bestAccuracy(run)} />
      <Speed run={run} />
      <KeyFigure
        label={t('figure.timeTaken')}
        value={seconds > 0 ? format.duration(seconds) : none}
        note={t('figure.inEpochs', { count: Math.floor(status.epoch) })}
      />
    </>
  );
}

/** A loss as the run's task has it: of a model that writes the perplexity, e to its power. */
function useLoss(run: RunRecord): (loss: number) => string {
  const format = useFormat();
  return (loss) => (writes(run) ? format.number(Math.exp(loss), 2) : format.fixed(loss, 3));
}

function Accuracy({ run, accuracy }: { run: RunRecord; accuracy: ReturnType<typeof bestAccuracy> }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  return (
    <KeyFigure
      label={t('figure.validationAccuracy', answerContext(run))}
      value={accuracy ? format.percent(accuracy.share) : t('figure.none')}
      note={
        accuracy && t('figure.count', { right: format.number(accuracy.right, 0), of: format.number(accuracy.of, 0) })
      }
    />
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
