import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Finish } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Note, type NoteTone } from '../controls/note.tsx';
import { useProblemWords } from '../controls/problem-words.ts';
import { useFormat } from '../format.ts';
import { hasWeights, useMonitorValue } from '../panels/run-words.ts';
import { useActions, useStudio } from '../studio-context.tsx';

const TONES: Record<Finish, NoteTone> = {
  completed: 'good',
  'early-stopping': 'good',
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
  const words = broke && problem ? problemWords(problem) : undefined;
  const what = words?.what ?? t(`finish.${finish}`, { epoch: format.number(epoch, 1), epochs, best: best?.epoch });
  const kept =
    finish === 'stop-discard'
      ? ''
      : best && hasWeights(run)
        ? t(words?.next ? 'finish.keptShort' : 'finish.kept', {
            best: best.epoch,
            monitor: t(`monitor.${best.monitor}`),
            value: show(best.monitor, best.value),
          })
        : t(hasWeights(run) ? 'finish.keptAny' : 'finish.keptNone');
  return (
    <Note tone={TONES[finish]} title={what} role={broke ? 'alert' : 'status'} actions={broke && <WaysOn run={run} />}>
      {[words?.next, kept].filter(Boolean).join(' ')}
    </Note>
  );
}

/** A rate that is this much lower is worth a try where the loss left all bounds. */
const LOWER = 0.1;

/** Two of them: what most likely helps, and what always can be done. */
function WaysOn({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const actions = useActions();
  const model = useStudio((state) => state.settings.model);
  const { finish, epoch, problem } = run.status;
  const { model: own, learningRate, ...settings } = run.settings;
  if (finish === 'lost')
    return (
      <>
        {epoch >= 1 && (
          <Button size="xs" variant="filled" onClick={() => void actions.goOn()}>
            {t('control.goOn', { epoch: format.number(epoch, 0) })}
          </Button>
        )}
        <Button size="xs" onClick={() => void actions.train()}>
          {t('control.runAgain')}
        </Button>
      </>
    );
  async function again(): Promise<void> {
    await actions.set({ ...settings, learningRate: learningRate * LOWER });
    await actions.train();
  }
  return (
    <>
      {problem?.code === 'diverged' && own.kind === model.kind && own.id === model.id && (
        <Button size="xs" variant="filled" onClick={() => void again()}>
          {t('control.againAt', { rate: format.rate(learningRate * LOWER) })}
        </Button>
      )}
      <Button size="xs" onClick={() => actions.show('model')}>
        {t('control.changeSettings')}
      </Button>
    </>
  );
}
