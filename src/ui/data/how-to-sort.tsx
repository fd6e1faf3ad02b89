import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { type DatasetSummary, NONE } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { Note } from '../controls/note.tsx';
import { useActions } from '../studio-context.tsx';
import { NameDialog } from './gallery/class-dialogs.tsx';

/** Examples came without labels: what to do with them. */
export function HowToSort({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useKindTranslation('data');
  const { edit } = useActions();
  const [naming, setNaming] = useState(false);
  const { classes, examples } = dataset;
  const unsorted = useMemo(
    () => examples.labels.reduce((count, label, id) => count + Number(label === NONE && !examples.excluded[id]), 0),
    [examples],
  );
  if (unsorted === 0) return null;
  return (
    <Note
      tone="info"
      title={t('sort.title', { count: unsorted })}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setNaming(true)}>
          {t(classes.length === 0 ? 'sort.first' : 'gallery.addClass')}
        </Button>
      }
    >
      {t(classes.length < 2 ? 'sort.make' : 'sort.put')}
      {naming && (
        <NameDialog
          title={t('gallery.addClass')}
          value=""
          classes={classes.map(({ name }) => name)}
          button={t('gallery.addClass')}
          onClose={() => setNaming(false)}
          onDone={(name) => void edit({ kind: 'add-class', name })}
        />
      )}
    </Note>
  );
}
