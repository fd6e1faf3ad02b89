import { ActionIcon, Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconEye, IconEyeOff } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SPLITS } from '@/protocol/dataset.ts';
import { BlobImage } from '../../controls/blob-image.tsx';
import { useFormat } from '../../format.ts';
import { useActions } from '../../studio-context.tsx';
import { MoveMenu } from './move-menu.tsx';
import styles from './picture-dialog.module.css';
import type { Gallery } from './use-gallery.ts';

interface PictureDialogProps {
  id: number;
  gallery: Gallery;
  onShow(id: number): void;
  onClose(): void;
}

/** One picture as it was dropped, with what is known of it. The arrow keys lead to its neighbours. */
export function PictureDialog({ id, gallery, onShow, onClose }: PictureDialogProps) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const small = useMediaQuery('(max-width: 700px)');
  const blob = usePicture(id);
  const { dataset, layout } = gallery;
  const { paths, labels, splits, excluded, widths, heights } = dataset.examples;
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
    else if (digit >= 1 && digit <= dataset.classes.length) void gallery.move([id], digit - 1);
    else return;
    event.preventDefault();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      fullScreen={Boolean(small)}
      title={<span className={styles.title}>{paths[id]!.split('/').at(-1)}</span>}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
      onKeyDown={press}
    >
      <div className={styles.stage}>
        <Arrow name={t('view.before')} id={before} onShow={onShow}>
          <IconChevronLeft size={22} />
        </Arrow>
        <div className={styles.picture} data-excluded={out || undefined}>
          {blob && <BlobImage blob={blob} alt={paths[id]!} />}
        </div>
        <Arrow name={t('view.after')} id={after} onShow={onShow}>
          <IconChevronRight size={22} />
        </Arrow>
      </div>
      <dl className={styles.facts}>
        <Fact name={t('view.class')}>{dataset.classes[labels[id]!]?.name ?? t('unsorted')}</Fact>
        <Fact name={t('view.split')}>{out ? t('excluded') : split ? t(`split.${split}`) : t('noPart')}</Fact>
        <Fact name={t('view.size')}>
          {format.number(widths[id]!, 0)} × {format.number(heights[id]!, 0)}
        </Fact>
        <Fact name={t('view.file')}>{paths[id]}</Fact>
      </dl>
      <div className="row wrap">
        <MoveMenu gallery={gallery} ids={() => [id]} wish={0} disabled={false} />
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

function Arrow({
  name,
  id,
  onShow,
  children,
}: {
  name: string;
  id: number | undefined;
  onShow(id: number): void;
  children: React.ReactNode;
}) {
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

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The picture as it was dropped; undefined until it is here. */
function usePicture(id: number): Blob | undefined {
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
  return found?.id === id ? found.blob : undefined;
}
