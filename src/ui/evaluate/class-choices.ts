import type { TFunction } from 'i18next';

/** Classes to choose one of that is explained: the answer and the truth come first, by what they are. */
export function choicesOf(
  classes: readonly string[],
  answer: number | undefined,
  truth: number | undefined,
  t: TFunction,
): { value: string; label: string }[] {
  const first = [
    ...(answer === undefined
      ? []
      : [{ value: String(answer), label: t('evaluate:saliency.answer', { name: classes[answer] }) }]),
    ...(truth === undefined || truth === answer
      ? []
      : [{ value: String(truth), label: t('evaluate:saliency.truth', { name: classes[truth] }) }]),
  ];
  const others = classes.flatMap((label, i) => (i === answer || i === truth ? [] : [{ value: String(i), label }]));
  return [...first, ...others];
}
