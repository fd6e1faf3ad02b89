import { IconArrowRight, IconCloudDownload, IconPhoto } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SampleMeta } from '@/protocol/dataset.ts';
import { kindContext } from '../controls/kind-translation.ts';
import { ProgressBar } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './sample-card.module.css';
import { TextSign } from './text-sign.tsx';

const PICTURES = import.meta.glob<string>('./pictures/*.webp', { eager: true, query: '?url', import: 'default' });

/** A dataset that the site brings: one press opens it with the model that suits it. */
export function SampleCard({ sample }: { sample: SampleMeta }) {
  const { t } = useTranslation('start');
  const format = useFormat();
  const { openSample } = useActions();
  const [opening, setOpening] = useState(false);
  const progress = useStudio((state) => state.progress.sample);
  const name = t(`sample.${sample.id}.name`, { defaultValue: sample.id });
  const count = sample.examples;
  const examples =
    sample.classes === 0
      ? t('sample.pairs', { count })
      : t('sample.pictures', { count, context: kindContext(sample.kind) });

  async function open(): Promise<void> {
    setOpening(true);
    await openSample(sample.id);
    setOpening(false);
  }
  return (
    <button type="button" className={styles.card} onClick={open} disabled={opening} aria-busy={opening}>
      <Picture sample={sample} />
      <span className={styles.words}>
        <b>{name}</b>
        <span className="small muted">{t(`sample.${sample.id}.note`, { defaultValue: '' })}</span>
        <span className="tiny faint num">
          {sample.classes > 0
            ? t('sample.size', { pictures: examples, classes: t('sample.classes', { count: sample.classes }) })
            : examples}
        </span>
        {opening ? (
          <ProgressBar label={name} share={progress && progress.total > 0 ? progress.done / progress.total : 0} />
        ) : (
          <span className={`${styles.facts} tiny faint num`}>
            <IconCloudDownload size={14} aria-hidden="true" />
            {format.bytes(sample.bytes)} · {sample.licence}
            <span className={styles.open}>
              {t('sample.open')}
              <IconArrowRight size={14} aria-hidden="true" />
            </span>
          </span>
        )}
      </span>
    </button>
  );
}

/** A few of its pictures in a row, `pictures/<id>.webp`; texts are drawn. */
function Picture({ sample }: { sample: SampleMeta }) {
  if (sample.kind === 'text') return <TextSign pairs={sample.classes === 0} className={styles.picture} />;
  const source = PICTURES[`./pictures/${sample.id}.webp`];
  return source ? (
    <img className={styles.picture} src={source} alt="" />
  ) : (
    <span className={styles.sign}>
      <IconPhoto size={28} stroke={1.5} />
    </span>
  );
}
