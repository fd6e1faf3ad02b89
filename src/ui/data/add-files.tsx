import { IconFile, IconFolder } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Card } from '../controls/card.tsx';
import { FileButton } from '../controls/file-button.tsx';
import { useActions } from '../studio-context.tsx';

/** More pictures into this set, or another set in its place. */
export function AddFiles() {
  const { t } = useTranslation('data');
  const { askAboutFiles } = useActions();
  return (
    <Card title={t('add.title')}>
      <p className="small muted">{t('add.note')}</p>
      <div className="row wrap" style={{ marginTop: 10 }}>
        <FileButton size="xs" folder leftSection={<IconFolder size={14} />} onPick={askAboutFiles}>
          {t('add.folder')}
        </FileButton>
        <FileButton
          size="xs"
          accept="image/*,.zip,.csv,.tsv,.jsonl,.json,.ndjson"
          leftSection={<IconFile size={14} />}
          onPick={askAboutFiles}
        >
          {t('add.files')}
        </FileButton>
      </div>
    </Card>
  );
}
