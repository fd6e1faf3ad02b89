import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconCamera, IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Trans } from 'react-i18next';
import type { DatasetSummary } from '@/protocol/dataset.ts';
import { Card } from '../../controls/card.tsx';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { useActions } from '../../studio-context.tsx';
import { isLabelled } from '../labelled.ts';
import { smallClasses } from '../report/findings.ts';
import { NameDialog } from './class-dialogs.tsx';
import { ClassList } from './class-list.tsx';
import { ExampleDialog } from './example-dialog.tsx';
import { ExampleList, GAP } from './example-list.tsx';
import { EVERYTHING, type Filter, tally } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import styles from './gallery.module.css';
import { columnsIn } from './layout.ts';
import { SelectionBar } from './selection-bar.tsx';
import { TextHead } from './text-head.tsx';
import { useFound } from './use-found.ts';
import { type Gallery as GalleryState, useGallery } from './use-gallery.ts';

/** Pictures are at least so many pixels wide. */
const LEAST = 92;
/** Rows of texts are so many pixels high; below this width their class stands under them. */
const TEXT = { row: 54, narrow: 84, below: 560 };

interface GalleryProps {
  dataset: DatasetSummary;
  filter: Filter;
  /** What the report's filter is called. */
  finding: string | undefined;
  /** The list of classes measures itself, and lays the page out for it: it may come later. */
  withClasses: boolean;
  onFilter(filter: Filter): void;
}

/** All pictures by class, or all texts, to be looked through, sorted, left out and taken back. */
export function Gallery({ dataset, filter, finding, withClasses, onFilter }: GalleryProps) {
  const { t } = useKindTranslation('data');
  const { openCamera } = useActions();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize();
  const texts = dataset.kind === 'text';
  const labelled = isLabelled(dataset);
  const { columns, size } = texts
    ? { columns: 1, size: width < TEXT.below ? TEXT.narrow : TEXT.row }
    : columnsIn(width, LEAST, GAP);
  const found = useFound(dataset, filter.text);
  const gallery = useGallery(dataset, filter, columns, found);
  const counts = useMemo(() => tally(dataset), [dataset]);
  const small = useMemo(() => new Set(smallClasses(dataset)), [dataset]);
  const [opened, setOpened] = useState<number>();
  const [adding, setAdding] = useState(false);
  const [wish, setWish] = useState(0);
  useUndoKeys(gallery);
  const showing = opened !== undefined && opened < dataset.examples.length;

  return (
    <Card
      flush
      title={t('gallery.title')}
      aside={
        <>
          {labelled && (
            <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
              {t('gallery.addClass')}
            </Button>
          )}
          {!texts && (
            <Button size="xs" leftSection={<IconCamera size={14} />} onClick={() => openCamera()}>
              {t('gallery.camera')}
            </Button>
          )}
        </>
      }
    >
      <div className={styles.gallery} data-unlabelled={!labelled || undefined}>
        {labelled && withClasses && (
          <ClassList
            gallery={gallery}
            counts={counts}
            small={small}
            chosen={filter.label}
            onChoose={(label) => onFilter({ ...filter, label })}
          />
        )}
        <div className={styles.main}>
          <FilterBar filter={filter} finding={finding} onChange={onFilter} />
          <SelectionBar gallery={gallery} wish={wish} onOpen={setOpened} />
          <div ref={scroller} className={styles.scroller} data-texts={texts || undefined}>
            {/* as wide as the examples may be: a scroll bar takes its part */}
            <div ref={ref} />
            {dataset.kind === 'text' && <TextHead dataset={dataset} />}
            {gallery.layout.order.length === 0 ? (
              <div className={styles.nothing}>
                <p className="small muted">{t(filter.text || filter.among ? 'gallery.noneFound' : 'gallery.none')}</p>
                {(filter.text || filter.among || filter.part !== 'all') && (
                  <Button size="xs" onClick={() => onFilter(EVERYTHING)}>
                    {t('gallery.showAll')}
                  </Button>
                )}
              </div>
            ) : (
              width > 0 && (
                <ExampleList
                  gallery={gallery}
                  scroller={scroller}
                  size={size}
                  onOpen={setOpened}
                  onChooseClass={() => setWish((times) => times + 1)}
                />
              )
            )}
          </div>
          <p className={styles.keys}>
            <Trans t={t} i18nKey={labelled ? 'gallery.keys' : 'gallery.keysUnlabelled'} components={{ kbd: <kbd /> }} />
          </p>
        </div>
      </div>
      {showing && (
        <ExampleDialog
          id={opened}
          gallery={gallery}
          onShow={(id) => {
            setOpened(id);
            gallery.setActive(id);
          }}
          onClose={() => setOpened(undefined)}
        />
      )}
      {adding && (
        <NameDialog
          title={t('gallery.addClass')}
          value=""
          classes={dataset.classes.map(({ name }) => name)}
          button={t('gallery.addClass')}
          onClose={() => setAdding(false)}
          onDone={(name) => gallery.act({ kind: 'add-class', name }, t('said.added', { name }))}
        />
      )}
    </Card>
  );
}

/** Ctrl+Z and Ctrl+Shift+Z anywhere on the screen but in a field, which undoes its own typing. */
function useUndoKeys({ takeBack, doAgain }: GalleryState): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      if ((event.target as Element).closest?.('input, textarea')) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      void (key === 'y' || event.shiftKey ? doAgain() : takeBack());
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [takeBack, doAgain]);
}
