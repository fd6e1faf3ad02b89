import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TextFit } from '@/protocol/text.ts';
import { isForeign } from '@/protocol/text.ts';
import { Note } from '../controls/note.tsx';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { useTask } from './use-task.ts';

/** More texts than this that are cut are worth a warning. Ours. */
const MANY_CUT = 0.05;

/** Before an hour is lost: whether the model knows the language of the open texts, and whether they are longer than it takes. */
export function TextFitNote({ fit }: { fit: TextFit | undefined }) {
  const { t } = useTranslation('model');
  const { input } = useTask();
  const progress = useStudio((state) => state.progress.tokens);
  if (input !== 'text') return null;
  if (fit) return <Found fit={fit} />;
  return progress ? <ProgressLine label={t('textFit.looking')} progress={progress} /> : null;
}

function Found({ fit }: { fit: TextFit }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const { set } = useActions();
  const task = useStudio((state) => state.settings.task);
  const input = useStudio((state) => state.model?.input);
  const { examples, truncated, median, longest, unknown, single } = fit;
  if (examples === 0) return null;
  const foreign = isForeign(fit);
  const limit = input?.kind === 'text' ? input.maxLength : Number(task.maxLength);
  const most = Math.min(Number(task.maxLength), limit);
  const wanted = Math.min(longest, limit);
  const words = t(foreign ? 'textFit.foreign' : 'textFit.known', {
    share: format.percent(unknown + single, foreign ? 0 : 1),
  });
  const cut =
    truncated > 0
      ? t('textFit.cut', {
          count: truncated,
          of: format.number(examples, 0),
          share: format.percent(truncated / examples),
          most: format.number(most, 0),
        })
      : t('textFit.whole');
  return (
    <Note
      tone={foreign || truncated / examples > MANY_CUT ? 'warn' : 'neutral'}
      role="status"
      title={foreign ? words : undefined}
      actions={
        truncated > 0 &&
        wanted > most && (
          <Button size="xs" onClick={() => void set({ task: { ...task, maxLength: wanted } })}>
            {t('textFit.take', { tokens: format.number(wanted, 0) })}
          </Button>
        )
      }
    >
      {foreign ? t('textFit.foreignNext') : words}{' '}
      {t('textFit.lengths', { median: format.number(median, 0), longest: format.number(longest, 0) })} {cut}
    </Note>
  );
}
