import { IconUpload } from '@tabler/icons-react';
import { useLayoutEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { carriesFiles, readDrop } from '../controls/read-drop.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './drop-anywhere.module.css';

/** Files dropped on any screen are opened or added; while they hover, the page says so, and leaves the classes in view. */
export function DropAnywhere() {
  const { t } = useTranslation('shell');
  const { askAboutFiles, peekAtFiles } = useActions();
  const open = useStudio(({ dataset, opening }) => dataset !== undefined && !opening);
  const sorting = useStudio(({ screen, dataset }) => screen === 'data' && dataset?.kind === 'image') && open;
  const [over, setOver] = useState(false);

  // with the first paint: the browser would open what is dropped before
  useLayoutEffect(() => {
    // Enter and leave come for every element on the way: count them.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event.dataTransfer)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event.dataTransfer)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (carriesFiles(event.dataTransfer)) event.preventDefault();
    };
    const drop = async (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (event.defaultPrevented || !event.dataTransfer || !carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      await askAboutFiles(await readDrop(event.dataTransfer, peekAtFiles));
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', hover);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', hover);
      removeEventListener('drop', drop);
    };
  }, [askAboutFiles, peekAtFiles]);

  if (!over) return null;
  return (
    <div className={styles.overlay} data-strip={sorting || undefined}>
      <div className={styles.sheet}>
        <IconUpload size={32} stroke={1.5} />
        <b>{t('drop.title')}</b>
        <span className="muted">{t(sorting ? 'drop.onClass' : open ? 'drop.add' : 'drop.note')}</span>
      </div>
    </div>
  );
}
