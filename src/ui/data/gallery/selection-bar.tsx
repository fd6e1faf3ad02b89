import { ActionIcon, Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconEye, IconEyeOff, IconMaximize, IconX } from '@tabler/icons-react';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { isLabelled } from '../labelled.ts';
import styles from './gallery.module.css';
import { MoveMenu } from './move-menu.tsx';
import { NOTHING } from './selection.ts';
import type { Gallery } from './use-gallery.ts';

interface SelectionBarProps {
  gallery: Gallery;
  /** Rises with every wish to choose a class from the keyboard. */
  wish: number;
  onOpen(id: number): void;
}

/** What can be done with the picked examples, and what was done last. */
export function SelectionBar({ gallery, wish, onOpen }: SelectionBarProps) {
  const { t } = useKindTranslation('data');
  const { dataset, selection, targets } = gallery;
  const ids = [...selection.ids];
  const none = ids.length === 0;
  const out = !none && ids.every((id) => dataset.examples.excluded[id] === 1);
  const [first] = targets();
  return (
    <div className={styles.bar}>
      <span className={`${styles.picked} small`}>
        {none ? (
          <span className="muted">{t('gallery.pickedNone')}</span>
        ) : (
          <b>{t('gallery.picked', { count: ids.length })}</b>
        )}
        {!none && (
          <ActionIcon
            size="sm"
            variant="subtle"
            color="ink"
            aria-label={t('gallery.pickNone')}
            onClick={() => gallery.setSelection(NOTHING)}
          >
            <IconX size={14} />
          </ActionIcon>
        )}
      </span>
      <div className={styles.deeds}>
        {isLabelled(dataset) && <MoveMenu gallery={gallery} ids={targets} wish={wish} disabled={first === undefined} />}
        <Button
          size="xs"
          disabled={none}
          leftSection={out ? <IconEye size={14} /> : <IconEyeOff size={14} />}
          onClick={() => gallery.toggleExcluded(ids)}
        >
          {t(out ? 'gallery.include' : 'gallery.exclude')}
        </Button>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="ink"
          disabled={first === undefined}
          aria-label={t('gallery.open')}
          onClick={() => first !== undefined && onOpen(first)}
        >
          <IconMaximize size={16} />
        </ActionIcon>
      </div>
      <UndoRedo gallery={gallery} />
      <p className="visually-hidden" role="status">
        {gallery.said}
      </p>
    </div>
  );
}

function UndoRedo({ gallery: { dataset, takeBack, doAgain } }: { gallery: Gallery }) {
  const { t } = useKindTranslation('data');
  const { undo, redo } = dataset;
  const words = undo ? t('undoWhat', { edit: t(`edit.${undo.kind}`, { count: undo.count }) }) : t('undo');
  return (
    <div className={styles.undo}>
      <Button
        size="xs"
        variant="subtle"
        disabled={!undo}
        leftSection={<IconArrowBackUp size={14} />}
        title={`${words} (Ctrl+Z)`}
        onClick={takeBack}
      >
        {words}
      </Button>
      {redo && (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="ink"
          aria-label={t('redoWhat', { edit: t(`edit.${redo.kind}`, { count: redo.count }) })}
          title={t('redoWhat', { edit: t(`edit.${redo.kind}`, { count: redo.count }) })}
          onClick={doAgain}
        >
          <IconArrowForwardUp size={16} />
        </ActionIcon>
      )}
    </div>
  );
}
