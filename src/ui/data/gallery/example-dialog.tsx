import { ActionIcon, Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconEye, IconEyeOff } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { type DatasetSummary, SPLITS } from '@/protocol/dataset.ts';
import { BlobImage } from '../../controls/blob-image.tsx';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { useFormat } from '../../format.ts';
import { useActions } from '../../studio-context.tsx';
import { isLabelled } from '../labelled.ts';
import styles from './example-dialog.module.css';
import { MoveMenu } from './move-menu.tsx';
import type { Gallery } from './use-gallery.ts';
import { WholeText } from './whole-text.tsx';

interface ExampleDialogProps {
  id: number;
  gallery: Gallery;
  onShow(id: number): void;
  onClose(): void;
}

/** One example as it was dropped, with what is known of it. The arrow keys lead to its neighbours. */
export function ExampleDialog({ id, gallery, onShow, onClose }: ExampleDialogProps) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const small = useMediaQuery('(max-width: 700px)');
  const { dataset, layout } = gallery;
  const { labels, splits, excluded } = dataset.examples;
  const labelled = isLabelled(dataset);
  const place = layout.placeOf.get(id);
  const before = place === undefined ? undefined : layout.order[place - 1];
  const after = place === undefined ? undefined : layout.order[place + 1];
  const out = excluded[id] === 1;
  const split = SPLITS[splits[id]!];

  function press(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (target.closest('input, [role=listbox]')) return;
    const digit = Number(event.key);
    const next = { ArrowLeft: before, ArrowRight: after }[event.key];
    if (next !== undefined) onShow(next);
    else if (event.key === 'Delete' || event.key === 'Backspace') void gallery.toggleExcluded([id]);
    else if (labelled && digit >= 1 && digit <= dataset.classes.length) void gallery.move([id], digit - 1);
    else return;
    event.preventDefault();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      fullScreen={Boolean(small)}
      title={<Title id={id} dataset={dataset} />}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
      onKeyDown={press}
    >
      <div className={styles.stage}>
        <Arrow name={t('view.before')} id={before} onShow={onShow}>
          <IconChevronLeft size={22} />
        </Arrow>
        {dataset.kind === 'text' ? (
          <WholeText id={id} excluded={out} />
        ) : (
          <Picture id={id} excluded={out} name={dataset.examples.paths[id]!} />
        )}
        <Arrow name={t('view.after')} id={after} onShow={onShow}>
          <IconChevronRight size={22} />
        </Arrow>
      </div>
      <dl className={styles.facts}>
        {labelled && <Fact name={t('view.class')}>{dataset.classes[labels[id]!]?.name ?? t('unsorted')}</Fact>}
        <Fact name={t('view.split')}>{out ? t('excluded') : split ? t(`split.${split}`) : t('noPart')}</Fact>
        <OwnFacts id={id} dataset={dataset} />
      </dl>
      <div className="row wrap">
        {labelled && <MoveMenu gallery={gallery} ids={() => [id]} wish={0} disabled={false} />}
        <Button
          size="xs"
          leftSection={out ? <IconEye size={14} /> : <IconEyeOff size={14} />}
          onClick={() => gallery.toggleExcluded([id])}
        >
          {t(out ? 'gallery.include' : 'gallery.exclude')}
        </Button>
        {place !== undefined && (
          <span className={`${styles.place} small faint num`}>
            {t('view.place', { place: format.number(place + 1, 0), total: format.number(layout.order.length, 0) })}
          </span>
        )}
      </div>
    </Modal>
  );
}

/** The file's name, or its row. */
function Title({ id, dataset }: { id: number; dataset: DatasetSummary }) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const name =
    dataset.kind === 'image'
      ? dataset.examples.paths[id]!.split('/').at(-1)
      : t('text.row', { row: format.number(dataset.examples.rows[id]!, 0) });
  return <span className={styles.title}>{name}</span>;
}

/** What is known of pictures or of texts alone. */
function OwnFacts({ id, dataset }: { id: number; dataset: DatasetSummary }) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  if (dataset.kind === 'image') {
    const { widths, heights, paths } = dataset.examples;
    return (
      <>
        <Fact name={t('view.size')}>
          {format.number(widths[id]!, 0)} × {format.number(heights[id]!, 0)}
        </Fact>
        <Fact name={t('view.file')}>{paths[id]}</Fact>
      </>
    );
  }
  const { lengths, tableOf } = dataset.examples;
  return (
    <>
      <Fact name={t('view.characters')}>{format.number(lengths[id]!, 0)}</Fact>
      <Fact name={t('view.file')}>{dataset.tables[tableOf[id]!]?.file}</Fact>
    </>
  );
}

interface ArrowProps {
  name: string;
  id: number | undefined;
  onShow(id: number): void;
  children: ReactNode;
}

function Arrow({ name, id, onShow, children }: ArrowProps) {
  return (
    <ActionIcon
      size={44}
      variant="subtle"
      color="ink"
      aria-label={name}
      disabled={id === undefined}
      onClick={() => id !== undefined && onShow(id)}
    >
      {children}
    </ActionIcon>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The picture as it was dropped; empty until it is here. */
function Picture({ id, excluded, name }: { id: number; excluded: boolean; name: string }) {
  const { picture } = useActions();
  const [found, setFound] = useState<{ id: number; blob: Blob }>();
  useEffect(() => {
    let shown = true;
    picture(id).then(
      (blob) => shown && setFound({ id, blob }),
      () => {},
    );
    return () => {
      shown = false;
    };
  }, [picture, id]);
  return (
    <div className={styles.picture} data-excluded={excluded || undefined}>
      {found?.id === id && <BlobImage blob={found.blob} alt={name} />}
    </div>
  );
}
