import { useTranslation } from 'react-i18next';
import { isLesson } from '@/lessons/index.ts';
import { isOver } from '@/protocol/run.ts';
import { useStudio } from '../studio-context.tsx';

/** What a lesson on its way is doing, in words; undefined where none is. */
export function useLessonProgress(): string | undefined {
  const { t } = useTranslation(['lessons', 'train']);
  const lesson = useStudio((state) => state.lesson);
  const trials = useStudio((state) => state.trials);
  const progress = useStudio((state) => state.progress);
  const run = useStudio(({ runs }) => Object.values(runs).findLast(({ status }) => !isOver(status.phase)));
  if (!lesson?.doing || !isLesson(lesson.id)) return undefined;
  const share = (task: keyof typeof progress) => {
    const { done = 0, total = 0 } = progress[task] ?? {};
    return total > 0 ? Math.round((100 * done) / total) : 0;
  };
  if (lesson.doing === 'report') return t('lessons:doing.report', { percent: share('labels') });
  if (lesson.doing === 'data')
    return progress.weights ? t('lessons:doing.weights', { percent: share('weights') }) : t('lessons:doing.data');
  if (!run) return t('lessons:doing.soon');
  const { phase, prepared, epoch, epochs } = run.status;
  const name = run.lesson ? t(`lessons:${lesson.id}.run.${run.lesson.run}`) : '';
  const place = { number: (trials?.done ?? 0) + 1, of: trials?.of ?? 1, name };
  if (phase === 'preparing')
    return t('lessons:doing.preparing', {
      ...place,
      percent: prepared.total > 0 ? Math.round((100 * prepared.done) / prepared.total) : 0,
    });
  return t('lessons:doing.run', { ...place, epoch: Math.min(epochs, Math.floor(epoch) + 1), epochs });
}
