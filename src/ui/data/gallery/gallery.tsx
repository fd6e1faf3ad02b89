import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconCamera, IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { ImageSummary } from '@/protocol/dataset.ts';
import { Card } from '../../controls/card.tsx';
import { useActions } from '../../studio-context.tsx';
import { smallClasses } from '../report/findings.ts';
import { NameDialog } from './class-dialogs.tsx';
import { ClassList } from './class-list.tsx';
import { EVERYTHING, type Filter, tally } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import styles from './gallery.module.css';
import { columnsIn } from './layout.ts';
import { PictureDialog } from './picture-dialog.tsx';
import { GAP, PictureGrid } from './picture-grid.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { type Gallery as GalleryState, useGallery } from './use-gallery.ts';

/** Pictures are at least so many pixels wide. */
const LEAST = 92;

interface GalleryProps {
  dataset: ImageSummary;
  filter: Filter;
  /** What the report's filter is called. */
  finding: string | undefined;
  onFilter(filter: Filter): void;
}

/** All pictures by class, to be looked through, sorted, left out and taken back. */
export function Gallery({ dataset, filter, finding, onFilter }: GalleryProps) {
  const { t } = useTranslation('data');
  const { openCamera } = useActions();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize();
  const { columns, size } = columnsIn(width, LEAST, GAP);
  const gallery = useGallery(dataset, filter, columns);
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
          <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
            {t('gallery.addClass')}
          </Button>
          <Button size="xs" leftSection={<IconCamera size={14} />} onClick={() => openCamera()}>
            {t('gallery.camera')}
          </Button>
        </>
      }
    >
      <div className={styles.gallery}>
        <ClassList
          gallery={gallery}
          counts={counts}
          small={small}
          chosen={filter.label}
          onChoose={(label) => onFilter({ ...filter, label })}
        />
        <div className={styles.main}>
          <FilterBar filter={filter} finding={finding} onChange={onFilter} />
          <SelectionBar gallery={gallery} wish={wish} onOpen={setOpened} />
          <div ref={scroller} className={styles.scroller}>
            {/* as wide as the pictures may be: a scroll bar takes its part */}
            <div ref={ref} />
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
                <PictureGrid
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
            <Keys />
          </p>
        </div>
      </div>
      {showing && (
        <PictureDialog
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

/** What the keys do, for those who have some. */
function Keys() {
  const { t } = useTranslation('data');
  return <Trans t={t} i18nKey="gallery.keys" components={{ kbd: <kbd /> }} />;
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
