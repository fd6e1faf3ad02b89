import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AugmentedView } from '@/protocol/result.ts';
import { BlobImage } from '../controls/blob-image.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { Thumbnail } from '../controls/thumbnail.tsx';
import { useFormat } from '../format.ts';
import styles from './augmentation-preview.module.css';
import { type Draw, type Drawn, usePreview } from './use-preview.ts';

const PICTURES = 4;
const VIEWS = 4;

const draw: Draw<AugmentedView> = (actions, ids, seed) => actions.augmented(ids, VIEWS, seed);

/** Training pictures as they were dropped, each beside what the model would be given in their place. */
export function AugmentationPreview() {
  const { t } = useTranslation('model');
  const [seed, setSeed] = useState(0);
  const { drawn, problem } = usePreview(draw, PICTURES, seed);
  return (
    <div className={styles.preview}>
      <div className="row spread">
        <h3>{t('augmentation.preview')}</h3>
        <Button size="xs" leftSection={<IconRefresh size={14} />} onClick={() => setSeed(seed + 1)}>
          {t('augmentation.again')}
        </Button>
      </div>
      {problem ? <ProblemNote problem={problem} /> : drawn ? <Rows drawn={drawn} /> : <Waiting />}
      <p className="tiny faint">{t('augmentation.never')}</p>
    </div>
  );
}

function Rows({ drawn: { ids, views } }: { drawn: Drawn<AugmentedView> }) {
  const { t } = useTranslation('model');
  return (
    <ul className={styles.rows}>
      {ids.map((id) => (
        <li key={id}>
          <figure className={styles.original}>
            <Thumbnail id={id} alt={t('augmentation.original')} />
          </figure>
          {views
            .filter((view) => view.id === id)
            .map((view, i) => (
              <View key={i} view={view} number={i + 1} />
            ))}
        </li>
      ))}
    </ul>
  );
}

function View({ view, number }: { view: AugmentedView; number: number }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  return (
    <figure>
      <BlobImage blob={view.picture} alt={t('augmentation.view', { number })} />
      {view.mixed && (
        <figcaption>
          <Thumbnail id={view.mixed.id} alt="" />
          {t('augmentation.mixed', { share: format.percent(1 - view.mixed.share, 0) })}
        </figcaption>
      )}
    </figure>
  );
}

function Waiting() {
  return (
    <ul className={styles.rows} aria-busy="true">
      {Array.from({ length: PICTURES }, (_, row) => (
        <li key={row}>
          {Array.from({ length: VIEWS + 1 }, (_, i) => (
            <figure key={i}>
              <Skeleton className={styles.empty} radius={6} />
            </figure>
          ))}
        </li>
      ))}
    </ul>
  );
}
