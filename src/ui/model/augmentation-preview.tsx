import { Button, Skeleton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DatasetSummary, SPLITS } from '@/protocol/dataset.ts';
import { type Problem, ProblemError } from '@/protocol/problems.ts';
import type { AugmentedView } from '@/protocol/result.ts';
import { BlobImage } from '../controls/blob-image.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { Thumbnail } from '../controls/thumbnail.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './augmentation-preview.module.css';

const PICTURES = 4;
const VIEWS = 4;
/** Milliseconds without a change before the views are drawn again. */
const REST = 300;

/** A few training pictures, each of another class as far as there are any; other ones from another seed. */
export function previewIds({ examples, classes }: DatasetSummary, seed: number): number[] {
  const { labels, splits } = examples;
  const byClass = classes.map(() => [] as number[]);
  const train = SPLITS.indexOf('train');
  for (let id = 0; id < examples.length; id++) if (splits[id] === train) byClass[labels[id]!]?.push(id);
  const filled = byClass.filter((ids) => ids.length > 0);
  if (filled.length === 0) return [];
  return Array.from({ length: PICTURES }, (_, i) => {
    const ids = filled[(i + seed * PICTURES) % filled.length]!;
    return ids[(seed + Math.floor(i / filled.length)) % ids.length]!;
  }).filter((id, i, all) => all.indexOf(id) === i);
}

interface Drawn {
  ids: readonly number[];
  views: readonly AugmentedView[];
}

/** The views of a few pictures under the settings as they stand. */
function useViews(seed: number): { drawn: Drawn | undefined; problem: Problem | undefined } {
  const actions = useActions();
  const dataset = useStudio((state) => state.dataset);
  const loaded = useStudio(({ model }) => model?.ref.id);
  const augmentation = useStudio((state) => state.settings.augmentation);
  const [settled] = useDebouncedValue(augmentation, REST);
  const [drawn, setDrawn] = useState<Drawn>();
  const [problem, setProblem] = useState<Problem>();
  const ids = useMemo(() => (dataset ? previewIds(dataset, seed) : []), [dataset, seed]);
  useEffect(() => {
    if (!loaded || ids.length === 0) return;
    let wanted = true;
    actions.augmented(ids, VIEWS, seed).then(
      (views) => {
        if (!wanted) return;
        setDrawn({ ids, views });
        setProblem(undefined);
      },
      (error) => wanted && setProblem(error instanceof ProblemError ? error.problem : undefined),
    );
    return () => {
      wanted = false;
    };
  }, [actions, ids, seed, loaded, settled]);
  return { drawn, problem };
}

/** Training pictures as they were dropped, each beside what the model would be given in their place. */
export function AugmentationPreview() {
  const { t } = useTranslation('model');
  const [seed, setSeed] = useState(0);
  const { drawn, problem } = useViews(seed);
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

function Rows({ drawn: { ids, views } }: { drawn: Drawn }) {
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
