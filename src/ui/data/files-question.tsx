import { Button, getDefaultZIndex, Modal } from '@mantine/core';
import { IconFolderPlus, IconReplace } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useActions, useStudio } from '../studio-context.tsx';

/** Files came while a data set is open: do they join it, or begin another? */
export function FilesQuestion() {
  const { t } = useTranslation('data');
  const asked = useStudio((state) => state.asked);
  const name = useStudio((state) => state.dataset?.name ?? '');
  const { answerAboutFiles } = useActions();
  return (
    <Modal
      opened={asked !== undefined}
      onClose={() => answerAboutFiles()}
      title={t('ask.title', { count: asked?.length ?? 0 })}
      // over the camera, which stays open while files are dropped
      zIndex={getDefaultZIndex('modal') + 1}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <p className="muted" style={{ overflowWrap: 'anywhere' }}>
        {t('ask.note', { name })}
      </p>
      <div className="row wrap" style={{ marginTop: 16 }}>
        <Button
          data-autofocus
          variant="filled"
          leftSection={<IconFolderPlus size={16} />}
          onClick={() => answerAboutFiles('add')}
        >
          {t('ask.add')}
        </Button>
        <Button leftSection={<IconReplace size={16} />} onClick={() => answerAboutFiles('new')}>
          {t('ask.new')}
        </Button>
      </div>
    </Modal>
  );
}
