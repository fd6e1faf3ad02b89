import { ActionIcon, Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconArrowRight, IconCheck, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import type { RunRecord } from '@/session/store.ts';
import { ExamplePreview } from '../controls/example-preview.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProblemNote } from '../controls/problem-note.tsx';
import { useFormat } from '../format.ts';
import { useStudio } from '../studio-context.tsx';
import type { Answered } from './answered.ts';
import { ExampleDetail } from './picture-detail.tsx';
import styles from './picture-grid.module.css';

interface PictureGridProps {
  run: RunRecord;
  classes: readonly string[];
  items: readonly Answered[];
  /** Pictures at first, and with every press on the button below. */
  step?: number;
  /** Without that button: the rest is elsewhere. */
  cut?: boolean;
}

/** Test pictures with their answers; a press opens one, and the arrow keys go from one to the next. */
export function PictureGrid({ run, classes, items, step = 48, cut = false }: PictureGridProps) {
  const { t } = useKindTranslation('evaluate');
  const kind = useStudio((state) => state.dataset?.kind);
  const [limit, setLimit] = useState(step);
  const [open, setOpen] = useState<number>();
  return (
    <>
      <ul className={styles.pictures} data-kind={kind}>
        {items.slice(0, limit).map((item, i) => (
          <Tile key={item.id} item={item} classes={classes} onOpen={() => setOpen(i)} />
        ))}
      </ul>
      {!cut && items.length > limit && (
        <Button size="xs" mt={8} onClick={() => setLimit(limit + step)}>
          {t('pictures.more', { count: Math.min(step, items.length - limit) })}
        </Button>
      )}
      <Opened run={run} items={items} at={open} go={setOpen} />
    </>
  );
}

interface TileProps {
  item: Answered;
  classes: readonly string[];
  onOpen(): void;
}

function Tile({ item: { id, truth, answer, right, sure }, classes, onOpen }: TileProps) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  return (
    <li>
      <button type="button" className={styles.picture} onClick={onOpen}>
        <ExamplePreview id={id} alt="" />
        <span className={styles.answer}>
          <span>{classes[answer]}</span> <span className="num">{format.percent(sure, 0)}</span>
        </span>{' '}
        <span className={styles.verdict} data-right={right}>
          {right ? <IconCheck size={13} /> : <IconX size={13} />}
          <span>{right ? t('pictures.right') : t('pictures.is', { name: classes[truth] })}</span>
        </span>
        <span className="visually-hidden"> {t('pictures.open')}</span>
      </button>
    </li>
  );
}

interface OpenedProps {
  run: RunRecord;
  items: readonly Answered[];
  at: number | undefined;
  go(to: number | undefined): void;
}

function Opened({ run, items, at, go }: OpenedProps) {
  const { t } = useKindTranslation('evaluate');
  const narrow = useMediaQuery('(max-width: 700px)');
  const problem = useStudio((state) => state.problems.evaluate);
  const item = at === undefined ? undefined : items[at];
  const turn = (by: number) => at !== undefined && items[at + by] && go(at + by);
  const press = (event: KeyboardEvent) => {
    // a slider and a field use the arrow keys themselves
    if ((event.target as Element).matches('input, [role=slider]')) return;
    if (event.key === 'ArrowRight') turn(1);
    if (event.key === 'ArrowLeft') turn(-1);
  };
  return (
    <Modal
      opened={item !== undefined}
      onClose={() => go(undefined)}
      size={900}
      radius={12}
      fullScreen={narrow ?? false}
      onKeyDown={press}
      closeButtonProps={{ 'aria-label': t('pictures.close') }}
      title={
        <span className={styles.title}>
          <ActionIcon
            variant="default"
            size="md"
            aria-label={t('pictures.previous')}
            disabled={!at}
            onClick={() => turn(-1)}
          >
            <IconArrowLeft size={16} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="md"
            aria-label={t('pictures.next')}
            disabled={at === undefined || at + 1 >= items.length}
            onClick={() => turn(1)}
          >
            <IconArrowRight size={16} />
          </ActionIcon>
          <span className={styles.path}>{item?.path.split('/').at(-1)}</span>
          <span className="small faint num">{t('pictures.place', { at: (at ?? 0) + 1, of: items.length })}</span>
        </span>
      }
    >
      {problem && (
        <div className={styles.problem}>
          <ProblemNote problem={problem} />
        </div>
      )}
      {item && <ExampleDetail run={run} id={item.id} truth={item.truth} />}
    </Modal>
  );
}
