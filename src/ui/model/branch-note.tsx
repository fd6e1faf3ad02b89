import { Button } from '@mantine/core';
import { IconArrowBackUp, IconGitBranch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Note } from '../controls/note.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';

/** The next run begins with another one's checkpoint, until a person takes that back. */
export function BranchNote() {
  const { t } = useTranslation('steer');
  const format = useFormat();
  const branch = useStudio((state) => state.branch);
  const number = useStudio(({ branch: from, runs }) => (from ? runs[from.run]?.number : undefined));
  const { dropBranch } = useActions();
  if (!branch || number === undefined) return null;
  const values = { number, epoch: format.number(branch.epoch, 1) };
  return (
    <Note
      tone="info"
      icon={<IconGitBranch size={16} />}
      role="status"
      title={t(branch.checkpoint === 'best' ? 'begin.best' : 'begin.title', values)}
      actions={
        <Button size="xs" variant="subtle" leftSection={<IconArrowBackUp size={14} />} onClick={dropBranch}>
          {t('begin.drop')}
        </Button>
      }
    >
      {t('begin.note')}
    </Note>
  );
}
