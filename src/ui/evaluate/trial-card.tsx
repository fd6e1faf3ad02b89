import { IconPhotoPlus } from '@tabler/icons-react';
import { type DragEvent, useMemo, useState } from 'react';
import type { DroppedFile } from '@/protocol/dataset.ts';
import type { TriedPicture } from '@/protocol/messages.ts';
import type { RunRecord } from '@/session/store.ts';
import { BlobImage } from '../controls/blob-image.tsx';
import { Card } from '../controls/card.tsx';
import { FileButton } from '../controls/file-button.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { carriesFiles, fromFileList } from '../controls/read-drop.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './evaluate.module.css';
import { Detail } from './picture-detail.tsx';

/** A picture of one's own, named by the model as it came and by the tuned one, side by side. */
export function TrialCard({ run }: { run: RunRecord }) {
  const { t } = useKindTranslation('evaluate');
  const actions = useActions();
  const trial = useStudio((state) => (state.trial?.run === run.id ? state.trial : undefined));
  const [over, setOver] = useState(false);
  const picture = useMemo(
    (): TriedPicture | undefined => trial && { kind: 'file', file: trial.picture, name: trial.name },
    [trial],
  );
  const take = (files: readonly DroppedFile[]) => {
    const [first] = files;
    if (first) void actions.tryPicture(first.file, first.path);
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    if (!carriesFiles(event.dataTransfer)) return;
    // else the page would open it as data
    event.preventDefault();
    take(fromFileList(event.dataTransfer.files));
  };
  return (
    <Card
      title={t('trial.title')}
      aside={
        <FileButton size="xs" accept="image/*" multiple={false} leftSection={<IconPhotoPlus size={16} />} onPick={take}>
          {t('trial.pick')}
        </FileButton>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button above does the same by the keyboard */}
      <div
        className={styles.trial}
        data-over={over}
        onDragOver={(event) => setOver(carriesFiles(event.dataTransfer))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {trial && picture ? (
          <figure aria-label={trial.name.split('/').at(-1)}>
            <Detail
              run={run}
              tried={picture}
              comparison={trial.comparison}
              preview={<BlobImage blob={trial.picture} alt={trial.name} />}
            />
            <figcaption className="tiny faint">{trial.name.split('/').at(-1)}</figcaption>
          </figure>
        ) : (
          <p className={styles.invitation}>{t('trial.drop')}</p>
        )}
      </div>
    </Card>
  );
}
