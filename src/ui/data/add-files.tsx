import { IconFile, IconFolder } from '@tabler/icons-react';
import { ACCEPTED } from '../controls/accepted.ts';
import { Card } from '../controls/card.tsx';
import { FileButton } from '../controls/file-button.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useActions } from '../studio-context.tsx';

/** More data into this set, or another set in its place. */
export function AddFiles() {
  const { t } = useKindTranslation('data');
  const { askAboutFiles } = useActions();
  return (
    <Card title={t('add.title')}>
      <p className="small muted">{t('add.note')}</p>
      <div className="row wrap" style={{ marginTop: 10 }}>
        <FileButton size="xs" folder leftSection={<IconFolder size={14} />} onPick={askAboutFiles}>
          {t('add.folder')}
        </FileButton>
        <FileButton size="xs" accept={ACCEPTED} leftSection={<IconFile size={14} />} onPick={askAboutFiles}>
          {t('add.files')}
        </FileButton>
      </div>
    </Card>
  );
}
