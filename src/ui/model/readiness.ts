import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import { useProblemWords } from '../controls/problem-words.ts';
import { useFormat } from '../format.ts';
import { useStudio } from '../studio-context.tsx';

/** Whether a run can start; if not the reason, if so how long it is. */
export function useReadiness(): { ready: boolean; reason: string } {
  const { t } = useTranslation('model');
  const words = useProblemWords();
  const format = useFormat();
  const { dataset, model, plan, settings, problems } = useStudio((state) => state);
  const live = useStudio(({ runs }) => Object.values(runs).find(({ status }) => !isOver(status.phase)));
  if (!dataset) return { ready: false, reason: t('reason.noData') };
  if (live) return { ready: false, reason: t('reason.live', { number: live.number }) };
  if (problems.model) return { ready: false, reason: words(problems.model).what };
  if (!model) return { ready: false, reason: t('reason.loading') };
  if (!plan) return { ready: false, reason: t('reason.planning') };
  return {
    ready: true,
    reason: t('reason.ready', {
      count: settings.epochs,
      steps: format.number(plan.stepsPerEpoch, 0),
      total: format.number(plan.stepsPerEpoch * settings.epochs, 0),
    }),
  };
}
