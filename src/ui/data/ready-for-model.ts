import { type DatasetSummary, NONE } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useStudio } from '../studio-context.tsx';
import { isLabelled } from './labelled.ts';
import { leftOut } from './report/findings.ts';

/** Whether a model can be chosen for this data, and what stands in the way or might still be looked at. */
export function useReadyForModel(dataset: DatasetSummary): { ready: boolean; reason: string | undefined } {
  const { t } = useKindTranslation('data');
  const found = useStudio((state) => state.report?.findings.length ?? 0);
  const { classes, examples, problems } = dataset;
  const usable = classes.filter((summary) => summary.usable);
  if (!isLabelled(dataset) && usable.length === 0) return { ready: false, reason: t('needs.twoTexts') };
  if (classes.length === 0) return { ready: false, reason: t('needs.sorting') };
  if (isLabelled(dataset) && usable.length < 2) {
    const [only] = usable;
    return {
      ready: false,
      reason: only ? t('needs.anotherClass', { name: only.name }) : t('needs.twoClasses'),
    };
  }
  const unsorted = examples.labels.reduce(
    (count, label, id) => count + Number(label === NONE && examples.excluded[id] === 0),
    0,
  );
  if (unsorted > 0) return { ready: true, reason: t('needs.unsorted', { count: unsorted }) };
  const open = found + problems.filter(({ severity }) => severity !== 'note').length - leftOut(problems).length;
  return { ready: true, reason: open > 0 ? t('findings', { count: open }) : undefined };
}
