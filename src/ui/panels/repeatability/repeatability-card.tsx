import { IconArrowsShuffle, IconRepeat } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Note } from '@/ui/controls/note.tsx';
import { useFormat } from '@/ui/format.ts';

/** Whether the same seed gives the same run again, and what keeps it from doing so. */
export function RepeatabilityCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { unrepeatable, step, backend } = run.status;
  if (run.imported || step === 0) return null;
  const { seed } = run.settings;
  if (unrepeatable.length === 0)
    return <Note icon={<IconRepeat size={16} />}>{t('repeat.yes', { seed, backend: t(`backend.${backend}`) })}</Note>;
  return (
    <Note icon={<IconArrowsShuffle size={16} />}>
      {t('repeat.no', {
        seed,
        backend: t(`backend.${backend}`),
        count: unrepeatable.length,
        operations: format.list(unrepeatable),
      })}
    </Note>
  );
}
