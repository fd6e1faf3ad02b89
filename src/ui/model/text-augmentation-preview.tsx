import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AugmentedText } from '@/protocol/result.ts';
import { ProblemNote } from '../controls/problem-note.tsx';
import { useWholeText } from '../controls/text-example.tsx';
import styles from './augmentation-preview.module.css';
import { changedWords } from './changed-words.ts';
import { type Draw, type Drawn, usePreview } from './use-preview.ts';

const TEXTS = 3;
const VIEWS = 2;

const draw: Draw<AugmentedText> = (actions, ids, seed) => actions.augmentTexts(ids, VIEWS, seed);

/** Training texts as they stand in the table, each over what the model would be given in its place. */
export function TextAugmentationPreview() {
  const { t } = useTranslation('model');
  const [seed, setSeed] = useState(0);
  const { drawn, problem } = usePreview(draw, TEXTS, seed);
  return (
    <div className={styles.preview}>
      <div className="row spread">
        <h3>{t('augmentation.preview_text')}</h3>
        <Button size="xs" leftSection={<IconRefresh size={14} />} onClick={() => setSeed(seed + 1)}>
          {t('augmentation.again')}
        </Button>
      </div>
      {problem ? <ProblemNote problem={problem} /> : drawn ? <Texts drawn={drawn} /> : <Waiting />}
      <p className="tiny faint">{t('augmentation.never_text')}</p>
    </div>
  );
}

function Texts({ drawn: { ids, views } }: { drawn: Drawn<AugmentedText> }) {
  return (
    <ul className={styles.texts}>
      {ids.map((id) => (
        <Text key={id} id={id} views={views.filter((view) => view.id === id)} />
      ))}
    </ul>
  );
}

function Text({ id, views }: { id: number; views: readonly AugmentedText[] }) {
  const { t } = useTranslation('model');
  const row = useWholeText(id);
  const before = row?.text;
  return (
    <li>
      <p className={styles.before} dir="auto" aria-busy={before === undefined}>
        <span className="visually-hidden">{t('augmentation.original_text')}: </span>
        {before}
      </p>
      {before !== undefined &&
        views.map(({ text }, i) => (
          <p key={i} className={styles.after} dir="auto">
            <span className="visually-hidden">{t('augmentation.view', { number: i + 1 })}: </span>
            {changedWords(before, text).map((piece, k) =>
              piece.changed && piece.text.trim() ? <mark key={k}>{piece.text}</mark> : piece.text,
            )}
          </p>
        ))}
    </li>
  );
}

const Waiting = () => (
  <ul className={styles.texts} aria-busy="true">
    {Array.from({ length: TEXTS }, (_, i) => (
      <li key={i}>
        <Skeleton height={60} radius={6} />
      </li>
    ))}
  </ul>
);
