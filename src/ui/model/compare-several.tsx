import { Button } from '@mantine/core';
import { IconGitPullRequest } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MethodsDialog } from '../compare/methods-dialog.tsx';
import { useReadiness } from './readiness.ts';

/** From choosing one method to running several beside each other. */
export function CompareSeveral() {
  const { t } = useTranslation('model');
  const [open, setOpen] = useState(false);
  const { ready, reason } = useReadiness();
  return (
    <>
      <Button
        size="xs"
        disabled={!ready}
        title={ready ? undefined : reason}
        leftSection={<IconGitPullRequest size={14} />}
        onClick={() => setOpen(true)}
      >
        {t('method.several')}
      </Button>
      {open && <MethodsDialog onClose={() => setOpen(false)} />}
    </>
  );
}
