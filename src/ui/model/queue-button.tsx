import { Button } from '@mantine/core';
import { IconPlaylistAdd } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useActions, useStudio } from '../studio-context.tsx';
import { useQueueable } from './readiness.ts';

/** While something trains, the settings as they stand can wait for it to end. */
export function QueueButton() {
  const { t } = useTranslation('steer');
  const waiting = useStudio(({ queue }) => queue.length);
  const { enqueue } = useActions();
  if (!useQueueable()) return null;
  return (
    <Button leftSection={<IconPlaylistAdd size={16} />} onClick={enqueue}>
      {t('queue.add')}
      {waiting > 0 && ` (${waiting})`}
    </Button>
  );
}
