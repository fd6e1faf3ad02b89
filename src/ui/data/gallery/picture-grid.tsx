import { useVirtualizer } from '@tanstack/react-virtual';
import { type DragEvent, type KeyboardEvent, type MouseEvent, type RefObject, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { NONE, SPLITS } from '@/protocol/dataset.ts';
import { useFormat } from '../../format.ts';
import { carry } from './carried.ts';
import styles from './gallery.module.css';
import { moved, type Row } from './layout.ts';
import { cellId, PictureCell } from './picture-cell.tsx';
import { NOTHING, only, reaching, toggled } from './selection.ts';
import type { Gallery } from './use-gallery.ts';

/** Pixels between pictures, and of a heading's row. */
export const GAP = 6;
const HEAD = 44;

interface PictureGridProps {
  gallery: Gallery;
  /** What it scrolls in. */
  scroller: RefObject<HTMLElement | null>;
  /** Pixels that a picture is wide and high. */
  size: number;
  onOpen(id: number): void;
  onChooseClass(): void;
}

/** The pictures as a list in rows: only those in view stand on the page. */
export function PictureGrid({ gallery, scroller, size, onOpen, onChooseClass }: PictureGridProps) {
  const { t } = useTranslation('data');
  const { dataset, layout, selection, active, setSelection, setActive } = gallery;
  const virtual = useVirtualizer({
    count: layout.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (layout.rows[index]!.kind === 'head' ? HEAD : size + GAP),
    overscan: 3,
    useFlushSync: false,
  });
  useEffect(() => virtual.measure(), [virtual, layout, size]);

  const idAt = (target: EventTarget): number | undefined => {
    const cell = (target as Element).closest<HTMLElement>('[data-id]');
    return cell ? Number(cell.dataset.id) : undefined;
  };

  function look(id: number): void {
    setActive(id);
    virtual.scrollToIndex(layout.rowOf[layout.placeOf.get(id)!]!);
  }

  function click(event: MouseEvent): void {
    const id = idAt(event.target);
    if (id === undefined) {
      setSelection(NOTHING);
      return;
    }
    setActive(id);
    // A finger has no Ctrl key: each tap picks one more.
    const touch = (event.nativeEvent as PointerEvent).pointerType === 'touch';
    if (event.shiftKey) setSelection(reaching(selection, id, layout.order, layout.placeOf));
    else if (event.ctrlKey || event.metaKey || touch) setSelection(toggled(selection, id));
    else setSelection(only(id));
  }

  function press(event: KeyboardEvent): void {
    if (active === undefined) return;
    const control = event.ctrlKey || event.metaKey;
    const done = control ? pressWithControl(event) : pressAlone(event);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  function pressWithControl({ key, shiftKey }: KeyboardEvent): boolean {
    if (key === 'a') setSelection({ ...selection, ids: new Set(layout.order) });
    else if (key === ' ') setSelection(toggled(selection, active!));
    else if (key === 'Home' || key === 'End') step(key, shiftKey);
    else return false;
    return true;
  }

  function pressAlone({ key, shiftKey }: KeyboardEvent): boolean {
    if (step(key, shiftKey)) return true;
    if (key === ' ') setSelection(toggled(selection, active!));
    else if (key === 'Enter') onOpen(active!);
    else if (key === 'Delete' || key === 'Backspace') void gallery.toggleExcluded(gallery.targets());
    else if (key === 'Escape') setSelection(NOTHING);
    else if (key === 'm') onChooseClass();
    else if (key === '0') void gallery.move(gallery.targets(), NONE);
    else if (/^[1-9]$/.test(key) && dataset.classes[Number(key) - 1])
      void gallery.move(gallery.targets(), Number(key) - 1);
    else return false;
    return true;
  }

  function step(key: string, reach: boolean): boolean {
    const from = layout.placeOf.get(active!)!;
    const to = moved(layout, from, key);
    if (to === undefined) return false;
    const id = layout.order[to]!;
    look(id);
    if (reach) {
      const base = selection.anchor === undefined ? only(active!) : selection;
      setSelection(reaching(base, id, layout.order, layout.placeOf));
    }
    return true;
  }

  function drag(event: DragEvent): void {
    const id = idAt(event.target);
    if (id === undefined) return;
    const ids = selection.ids.has(id) ? [...selection.ids] : [id];
    if (!selection.ids.has(id)) setSelection(only(id));
    carry(event.dataTransfer, ids, t('pictures', { count: ids.length }));
  }

  return (
    <div
      role="listbox"
      aria-label={t('gallery.list')}
      aria-multiselectable="true"
      aria-activedescendant={active === undefined ? undefined : cellId(active)}
      tabIndex={0}
      className={styles.list}
      style={{ height: virtual.getTotalSize() }}
      onClick={click}
      onDoubleClick={({ target }) => {
        const id = idAt(target);
        if (id !== undefined) onOpen(id);
      }}
      onKeyDown={press}
      onDragStart={drag}
    >
      {virtual.getVirtualItems().map(({ index, start }) => (
        <div key={index} role="presentation" className={styles.row} style={{ transform: `translateY(${start}px)` }}>
          <RowOf row={layout.rows[index]!} gallery={gallery} size={size} />
        </div>
      ))}
    </div>
  );
}

function RowOf({ row, gallery, size }: { row: Row; gallery: Gallery; size: number }) {
  const { t } = useTranslation('data');
  const { dataset, layout, selection, active } = gallery;
  if (row.kind === 'head') return <Head section={row.section} gallery={gallery} />;
  const { paths, labels, splits, excluded } = dataset.examples;
  return (
    <div
      role="presentation"
      className={styles.pictures}
      style={{ gridTemplateColumns: `repeat(${layout.columns}, ${size}px)`, height: size }}
    >
      {row.ids.map((id, i) => {
        const split = SPLITS[splits[id]!];
        const of = excluded[id] ? t('excluded') : split ? t(`split.${split}`) : t('noPart');
        const file = paths[id]!.split('/').at(-1)!;
        const name = dataset.classes[labels[id]!]?.name ?? t('unsorted');
        return (
          <PictureCell
            key={id}
            id={id}
            place={row.first + i}
            total={layout.order.length}
            name={t('picture', { file, name, split: of })}
            picked={selection.ids.has(id)}
            active={id === active}
            excluded={excluded[id] === 1}
          />
        );
      })}
    </div>
  );
}

/** A class's name with how many of its pictures are shown, and a tick for them all. */
function Head({
  section: { label, ids },
  gallery,
}: {
  section: { label: number; ids: readonly number[] };
  gallery: Gallery;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const { dataset } = gallery;
  const summary = dataset.classes[label];
  return (
    <div role="presentation" className={styles.head}>
      <b title={summary?.name}>{summary?.name ?? t('unsorted')}</b>
      <span className="num faint small">
        {summary
          ? SPLITS.map((split) => `${t(`split.${split}`)} ${format.number(summary.counts[split], 0)}`).join(' · ')
          : t('pictures', { count: ids.length })}
      </span>
    </div>
  );
}
