import { IconCheck, IconEyeOff } from '@tabler/icons-react';
import { memo } from 'react';
import { Thumbnail } from '../../controls/thumbnail.tsx';
import { type CellState, cellId } from './cell.ts';
import styles from './gallery.module.css';

interface PictureCellProps extends CellState {
  /** Read out: file, class, split. */
  name: string;
}

/** One picture. The list around it listens to mouse and keys. */
export const PictureCell = memo(function PictureCell({ id, place, total, name, ...state }: PictureCellProps) {
  const { picked, active, excluded } = state;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the list, which outlives every picture
    <div
      id={cellId(id)}
      role="option"
      aria-selected={picked}
      aria-label={name}
      aria-setsize={total}
      aria-posinset={place + 1}
      className={styles.cell}
      data-id={id}
      data-active={active || undefined}
      data-excluded={excluded || undefined}
      draggable
      title={name}
    >
      <Thumbnail id={id} alt="" />
      {picked && (
        <span className={styles.tick}>
          <IconCheck size={12} stroke={3} />
        </span>
      )}
      {excluded && (
        <span className={styles.out}>
          <IconEyeOff size={13} stroke={2} />
        </span>
      )}
    </div>
  );
});
