import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { BlobImage } from '../controls/blob-image.tsx';
import { Card } from '../controls/card.tsx';
import { Page } from '../controls/page.tsx';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useStudio } from '../studio-context.tsx';
import styles from './opening.module.css';

/** Files are read: how far it is, and the pictures as they come. */
export function Opening() {
  const { t } = useTranslation('data');
  const progress = useStudio(({ progress }) => progress.project ?? progress.files ?? progress.sample);
  const arriving = useStudio((state) => state.arrived.length > 0);
  return (
    <Page title={t('opening')} subtitle={t('openingNote')}>
      <Card>
        <div className="stack">
          <ProgressLine
            label={t(progress?.task === 'sample' ? 'loadingSample' : 'readingFiles')}
            progress={progress ?? { done: 0, total: 0, unit: 'items' }}
          />
          {arriving && <Mosaic />}
        </div>
      </Card>
    </Page>
  );
}

/** As many places as pictures are kept while reading. */
const PLACES = Array.from({ length: 60 }, (_, place) => place);

/** The last pictures, each in the place of the oldest. */
function Mosaic() {
  const arrived = useStudio((state) => state.arrived);
  return (
    <div className={styles.mosaic} aria-hidden="true">
      {PLACES.map((place) => (
        <Tile key={place} thumbnail={arrived[place]?.thumbnail} />
      ))}
    </div>
  );
}

const Tile = memo(function Tile({ thumbnail }: { thumbnail: Blob | undefined }) {
  return <div className={styles.tile}>{thumbnail && <BlobImage blob={thumbnail} alt="" />}</div>;
});
