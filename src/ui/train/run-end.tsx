import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { leanerThan } from '@/protocol/lean.ts';
import type { Finish } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Note, type NoteTone } from '../controls/note.tsx';
import { useProblemWords } from '../controls/problem-words.ts';
import { useFormat } from '../format.ts';
import { useAdvice } from '../panels/next/what-next.tsx';
import { answerContext, hasWeights, useMonitorValue } from '../panels/run-words.ts';
import { useActions, useStudio } from '../studio-context.tsx';

const TONES: Record<Finish, NoteTone> = {
  completed: 'good',
  'early-stopping': 'good',
  halted: 'neutral',
  'stop-keep': 'good',
  'stop-discard': 'neutral',
  failed: 'bad',
  lost: 'bad',
};

/** How the run ended, which weights are safe, and where to go from here. */
export function RunEnd({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const show = useMonitorValue();
  const problemWords = useProblemWords();
  if (run.imported) return <Note>{t('finish.imported')}</Note>;
  const { finish = 'completed', problem, best, epoch, epochs } = run.status;
  const broke = finish === 'failed' || finish === 'lost';
  if (finish === 'completed' && epochs === 0)
    return (
      <Note tone="good" title={t('finish.untrained')} role="status">
        {t('finish.asItIs')}
      </Note>
    );
  const words = broke && problem ? problemWords(problem) : undefined;
  const what =
    words?.what ?? t(`finish.${finish}`, { count: epochs, epoch: format.number(epoch, 1), epochs, best: best?.epoch });
  const kept =
    finish === 'stop-discard'
      ? ''
      : best && hasWeights(run)
        ? t(words?.next ? 'finish.keptShort' : 'finish.kept', {
            best: best.epoch,
            monitor: t(`monitor.${best.monitor}`, answerContext(run)),
            value: show(best.monitor, best.value),
          })
        : t(hasWeights(run) ? 'finish.keptAny' : 'finish.keptNone');
  return (
    <Note
      tone={TONES[finish]}
      title={what}
      role={broke ? 'alert' : 'status'}
      actions={(broke || finish === 'halted') && <WaysOn run={run} />}
    >
      {[words?.next, kept].filter(Boolean).join(' ')}
    </Note>
  );
}

/** Two or three of them: what most likely helps, and what always can be done. */
function WaysOn({ run }: { run: RunRecord }) {
  const { finish, problem } = run.status;
  if (problem?.code === 'out-of-memory') return <WithLess run={run} />;
  if (finish === 'halted') return <GoOn run={run} />;
  return finish === 'lost' ? <AfterLoss run={run} /> : <AfterFailure run={run} />;
}

function GoOn({ run: { status } }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const actions = useActions();
  return (
    <Button size="xs" variant="filled" onClick={() => void actions.goOn()}>
      {t('control.goOn', { epoch: format.number(status.epoch, 0) })}
    </Button>
  );
}

function AfterLoss({ run: { status } }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const actions = useActions();
  const choice = useStudio((state) => state.backendChoice);
  const begun = status.epoch >= 1;
  // a run that a reload cut off lacks no device
  const lost = status.problem?.code === 'device-lost';
  const again = () => void (begun ? actions.goOn() : actions.train());
  return (
    <>
      {begun && (
        <Button size="xs" variant="filled" onClick={again}>
          {t('control.goOn', { epoch: format.number(status.epoch, 0) })}
        </Button>
      )}
      <Button size="xs" onClick={() => void actions.train()}>
        {t('control.runAgain')}
      </Button>
      {lost && choice !== 'wasm' && (
        <Button size="xs" onClick={() => void actions.chooseBackend('wasm').then(again)}>
          {t('shell:backend.useWasm')}
        </Button>
      )}
    </>
  );
}

/** The same learning in less memory, from the last checkpoint where there is one. */
function WithLess({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const actions = useActions();
  const { batchSize } = run.settings;
  return (
    <>
      {leanerThan(run.settings).map((lean) => (
        <Button
          key={`${lean.batchSize}`}
          size="xs"
          variant="filled"
          onClick={() => void actions.trainLeaner(run.id, lean)}
        >
          {lean.batchSize < batchSize
            ? t('control.smallerBatch', { size: lean.batchSize, count: lean.accumulate })
            : t('control.checkpointing')}
        </Button>
      ))}
      <Button size="xs" onClick={() => actions.show('model')}>
        {t('control.changeSettings')}
      </Button>
    </>
  );
}

function AfterFailure({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const actions = useActions();
  const lower = useAdvice(run).find(({ code }) => code === 'rate-too-high');
  const rate = run.status.problem?.code === 'diverged' ? lower?.setUp?.learningRate : undefined;
  async function again(): Promise<void> {
    if (!lower) return;
    await actions.setUpNext(run, lower);
    await actions.train();
  }
  return (
    <>
      {rate !== undefined && (
        <Button size="xs" variant="filled" onClick={() => void again()}>
          {t('control.againAt', { rate: format.rate(rate) })}
        </Button>
      )}
      <Button size="xs" onClick={() => actions.show('model')}>
        {t('control.changeSettings')}
      </Button>
    </>
  );
}
