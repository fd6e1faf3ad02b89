import { useTranslation } from 'react-i18next';
import type { CurveId } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { useMethodWords } from '../panels/run-words.ts';
import type { BigLine } from './lines.ts';

/** What a run is called before a class: its part in a lesson, or its method. */
export function usePartName(): (run: RunRecord) => string {
  const { t } = useTranslation(['present', 'lessons']);
  const method = useMethodWords();
  return (run) =>
    run.lesson
      ? t(`lessons:${run.lesson.id}.run.${run.lesson.run}`, { defaultValue: method(run) })
      : run.name || method(run);
}

/** What a curve is called: a lesson may have words of its own for it, such as the old digits for the old task. */
export function useCurveName(): (curve: CurveId, lesson: string | undefined) => string {
  const { t, i18n } = useTranslation(['present', 'lessons']);
  return (curve, lesson) => {
    const own = `lessons:${lesson}.curve.${curve}`;
    return lesson && i18n.exists(own) ? t(own) : t(`present:curve.${curve}`);
  };
}

/** What a line is called: its curve where one run is shown, else its run, with the curve where each run has several. */
export function useLineName(): (line: BigLine, runs: readonly RunRecord[], several?: boolean) => string {
  const { t } = useTranslation('present');
  const partName = usePartName();
  const curveName = useCurveName();
  return ({ run, curve }, runs, several = false) => {
    const own = curveName(curve, run.lesson?.id);
    if (runs.length === 1) return own;
    return several ? t('runCurve', { run: partName(run), curve: own }) : partName(run);
  };
}
