import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Card } from '../controls/card.tsx';
import { Code } from './code.tsx';

/** The lines of Python that load the file. */
export function SnippetCard({ snippet }: { snippet: string }) {
  const { t } = useTranslation('export');
  return (
    <Card
      title={t('use.title')}
      aside={
        <CopyButton value={snippet} timeout={2000}>
          {({ copied, copy }) => (
            <Button size="xs" leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} onClick={copy}>
              {t(copied ? 'use.copied' : 'use.copy')}
            </Button>
          )}
        </CopyButton>
      }
    >
      <Code>{snippet}</Code>
    </Card>
  );
}
