import { IconAlertTriangle } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { NONE } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { carriesFiles, readDrop } from '../../controls/read-drop.ts';
import { useFormat } from '../../format.ts';
import { useActions } from '../../studio-context.tsx';
import { carried, carriesExamples } from './carried.ts';
import styles from './class-list.module.css';
import { ClassMenu } from './class-menu.tsx';
import type { Filter } from './filter.ts';
import type { Gallery } from './use-gallery.ts';

interface ClassRowProps {
  label: Filter['label'];
  gallery: Gallery;
  /** Pixels from the list's top. */
  top: number;
  count: number;
  small: boolean;
  /** The one that is shown. */
  current: boolean;
  onChoose(label: Filter['label']): void;
}

/** A class to show, and a place to drop examples of the gallery or pictures from outside. */
export function ClassRow({ label, gallery, top, count, small, current, onChoose }: ClassRowProps) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const { addToClass } = useActions();
  const [over, setOver] = useState(false);
  const takesFiles = gallery.dataset.kind === 'image';
  const isClass = typeof label === 'number' && label !== NONE;
  const name = isClass ? gallery.dataset.classes[label]!.name : t(label === 'all' ? 'gallery.all' : 'unsorted');
  const takes = ({ dataTransfer }: DragEvent) =>
    label !== 'all' && (carriesExamples(dataTransfer) || (takesFiles && isClass && carriesFiles(dataTransfer)));

  async function drop(event: DragEvent): Promise<void> {
    setOver(false);
    if (label === 'all' || !takes(event)) return;
    event.preventDefault();
    const ids = carried(event.dataTransfer);
    if (ids.length > 0) return gallery.move(ids, label);
    const files = await readDrop(event.dataTransfer);
    if (files.length > 0) await addToClass(files, name);
  }

  return (
    <li
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      data-over={over || undefined}
      data-current={current || undefined}
      onDragOver={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <button
        type="button"
        className={styles.name}
        aria-current={current}
        tabIndex={current ? 0 : -1}
        title={name}
        onClick={() => onChoose(label)}
      >
        {isClass && label < 9 && (
          <span className={styles.key} aria-hidden="true">
            {label + 1}
          </span>
        )}
        <span className={styles.words}>{name}</span>
        <span className={styles.count} data-small={small || undefined}>
          {small && <IconAlertTriangle size={13} stroke={2.2} aria-hidden="true" />}
          {format.number(count, 0)}
          {small && <span className="visually-hidden">{t('gallery.few')}</span>}
        </span>
      </button>
      {isClass && <ClassMenu label={label} name={name} gallery={gallery} reachable={current} />}
    </li>
  );
}
