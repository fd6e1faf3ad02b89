import { useVirtualizer } from '@tanstack/react-virtual';
import { type DragEvent, type KeyboardEvent, type MouseEvent, type RefObject, useEffect } from 'react';
import { NONE, SPLITS } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { useFormat } from '../../format.ts';
import { isLabelled } from '../labelled.ts';
import { carry } from './carried.ts';
import { cellId } from './cell.ts';
import type { Section } from './filter.ts';
import styles from './gallery.module.css';
import { moved, type Row } from './layout.ts';
import { PictureCell } from './picture-cell.tsx';
import { NOTHING, only, reaching, toggled } from './selection.ts';
import { TextCell } from './text-cell.tsx';
import type { Gallery } from './use-gallery.ts';

/** Pixels between examples, and of a heading's row. */
export const GAP = 6;
const HEAD = 44;

interface ExampleListProps {
  gallery: Gallery;
  /** What it scrolls in. */
  scroller: RefObject<HTMLElement | null>;
  /** Pixels that an example is high, and a picture wide. */
  size: number;
  onOpen(id: number): void;
  onChooseClass(): void;
}

/** The examples as a list in rows: only those in view stand on the page. */
export function ExampleList({ gallery, scroller, size, onOpen, onChooseClass }: ExampleListProps) {
  const { t } = useKindTranslation('data');
  const { dataset, layout, selection, active, setSelection, setActive } = gallery;
  const labelled = isLabelled(dataset);
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
    else if (!labelled) return false;
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
    if (id === undefined || !labelled) return;
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
  const { t } = useKindTranslation('data');
  const { dataset, layout, selection, active } = gallery;
  if (row.kind === 'head') return <Head section={row.section} gallery={gallery} />;
  const { labels, splits, excluded } = dataset.examples;
  return (
    <div
      role="presentation"
      className={styles.cells}
      style={{
        gridTemplateColumns: dataset.kind === 'text' ? undefined : `repeat(${layout.columns}, ${size}px)`,
        // rows of texts touch each other
        height: dataset.kind === 'text' ? size + GAP : size,
      }}
    >
      {row.ids.map((id, i) => {
        const split = SPLITS[splits[id]!];
        const of = excluded[id] ? t('excluded') : split ? t(`split.${split}`) : t('noPart');
        const state = {
          id,
          place: row.first + i,
          total: layout.order.length,
          picked: selection.ids.has(id),
          active: id === active,
          excluded: excluded[id] === 1,
        };
        if (dataset.kind === 'text')
          return <TextCell key={id} {...state} dataset={dataset} label={labels[id]!} split={of} />;
        const file = dataset.examples.paths[id]!.split('/').at(-1)!;
        const name = dataset.classes[labels[id]!]?.name ?? t('unsorted');
        return <PictureCell key={id} {...state} name={t('picture', { file, name, split: of })} />;
      })}
    </div>
  );
}

/** A class's name with how many of its pictures are shown, and a tick for them all. */
function Head({ section: { label, ids }, gallery }: { section: Section; gallery: Gallery }) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const { dataset } = gallery;
  const summary = dataset.classes[label ?? NONE];
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
