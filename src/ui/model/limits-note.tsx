import { useTranslation } from 'react-i18next';
import { examplesTaken } from '@/protocol/run.ts';
import { Note } from '../controls/note.tsx';
import { useStudio } from '../studio-context.tsx';

/** What of the settings lies beyond the run or the data: it does no harm, and is hardly meant. */
export function LimitsNote() {
  const { t } = useTranslation('model');
  const { epochs, schedule, warmupSteps, stepEpochs, accumulate, batchSize } = useStudio((state) => state.settings);
  const stepsPerEpoch = useStudio((state) => state.plan?.stepsPerEpoch ?? 0);
  const few = useStudio((state) => state.settings.fewShot);
  const has = useStudio(
    ({ dataset }) => dataset?.classes.reduce((sum, { counts }) => sum + examplesTaken(counts.train, few), 0) ?? 0,
  );
  if (stepsPerEpoch === 0) return null;
  const wanted = accumulate * batchSize;
  const words = [
    warmupSteps >= epochs * stepsPerEpoch && schedule !== 'constant' && t('limits.warmup'),
    schedule === 'step' && stepEpochs >= epochs && t('limits.steps'),
    accumulate > 1 && wanted > has && t('limits.accumulate', { wanted, has }),
  ].filter(Boolean);
  return words.length > 0 && <Note role="status">{words.join(' ')}</Note>;
}
