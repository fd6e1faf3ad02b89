import { TextInput } from '@mantine/core';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { NONE } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import styles from './class-list.module.css';
import { ClassRow } from './class-row.tsx';
import type { Filter, Tally } from './filter.ts';
import type { Gallery } from './use-gallery.ts';

const ROW = 40;
/** Classes from which on there is a field to find one. */
const MANY = 12;

interface ClassListProps {
  gallery: Gallery;
  counts: Tally;
  /** Classes with far fewer examples than the others. */
  small: ReadonlySet<string>;
  chosen: Filter['label'];
  onChoose(label: Filter['label']): void;
}

/** All, the unsorted and every class: each filters, takes examples that are dropped on it, and can be renamed. */
export function ClassList({ gallery, counts, small, chosen, onChoose }: ClassListProps) {
  const { t } = useKindTranslation('data');
  const { classes, examples } = gallery.dataset;
  const [needle, setNeedle] = useState('');
  const rows = useMemo((): Filter['label'][] => {
    const wanted = needle.trim().toLowerCase();
    const found = classes.flatMap(({ name }, label) => (name.toLowerCase().includes(wanted) ? [label] : []));
    return ['all', ...(counts.unsorted > 0 || classes.length === 0 ? [NONE] : []), ...found];
  }, [classes, counts.unsorted, needle]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const place = Math.max(0, rows.indexOf(chosen));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
    useFlushSync: false,
    // The chosen row is where Tab comes in: it stays on the page.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), place])].sort((a, b) => a - b),
  });

  function press(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || (event.target as Element).closest('input, [role=menu]')) return;
    event.preventDefault();
    const to = Math.min(rows.length - 1, Math.max(0, place + by));
    onChoose(rows[to]!);
    virtual.scrollToIndex(to);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[aria-current=true]')?.focus());
  }

  return (
    <div className={styles.side}>
      {classes.length > MANY && (
        <TextInput
          size="xs"
          type="search"
          aria-label={t('gallery.findClass')}
          placeholder={t('gallery.findClass')}
          value={needle}
          onChange={({ currentTarget }) => setNeedle(currentTarget.value)}
        />
      )}
      <div ref={scroller} className={styles.scroller}>
        <ul
          ref={list}
          className={styles.list}
          aria-label={t('gallery.classes')}
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={press}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const label = rows[index]!;
            const name = typeof label === 'number' ? classes[label]?.name : undefined;
            return (
              <ClassRow
                key={label}
                label={label}
                gallery={gallery}
                top={start}
                count={label === 'all' ? examples.length : label === NONE ? counts.unsorted : counts.sizes[label]!}
                small={name !== undefined && small.has(name)}
                current={index === place}
                onChoose={onChoose}
              />
            );
          })}
        </ul>
      </div>
    </div>
  );
}
