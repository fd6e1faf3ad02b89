import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ProjectSummary } from '@/protocol/project.ts';
import { kindContext } from '../controls/kind-translation.ts';
import { useFormat } from '../format.ts';

interface DeleteProjectProps {
  project: ProjectSummary;
  onClose(): void;
  onDelete(): void;
}

/** Asks before what a browser keeps is gone. */
export function DeleteProject({
  project: { name, kind, examples, runs, bytes },
  onClose,
  onDelete,
}: DeleteProjectProps) {
  const { t } = useTranslation('start');
  const format = useFormat();
  return (
    <Modal
      opened
      onClose={onClose}
      size="sm"
      title={<b>{t('projects.deleteTitle', { name })}</b>}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <p className="muted">
        {t('projects.deleteNote', {
          pictures: t('sample.pictures', { count: examples, context: kindContext(kind) }),
          runs: t('projects.runs', { count: runs }),
          size: format.bytes(bytes),
        })}
      </p>
      <div className="row" style={{ marginTop: 16 }}>
        <Button variant="filled" color="bad" onClick={onDelete}>
          {t('projects.deleteForGood')}
        </Button>
        <Button data-autofocus variant="subtle" onClick={onClose}>
          {t('data:cancel')}
        </Button>
      </div>
    </Modal>
  );
}
