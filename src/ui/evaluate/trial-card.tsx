import { IconPhotoPlus } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DroppedFile } from '@/protocol/dataset.ts';
import type { Guess } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { BlobImage } from '../controls/blob-image.tsx';
import { Card } from '../controls/card.tsx';
import { FileButton } from '../controls/file-button.tsx';
import { carriesFiles, fromFileList } from '../controls/read-drop.ts';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './evaluate.module.css';

const SHOWN = 5;

/** One picture, named by the model as it came and by the tuned one, side by side. */
export function TrialCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('evaluate');
  const actions = useActions();
  const trial = useStudio((state) => (state.trial?.run === run.id ? state.trial : undefined));
  const labels = useStudio((state) => state.model?.labels.length);
  const [over, setOver] = useState(false);
  const take = (files: readonly DroppedFile[]) => {
    const [first] = files;
    if (first) void actions.tryPicture(first.file, first.path);
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    if (!carriesFiles(event.dataTransfer)) return;
    // else the page would open it as data
    event.preventDefault();
    take(fromFileList(event.dataTransfer.files));
  };
  return (
    <Card
      title={t('trial.title')}
      aside={
        <FileButton size="xs" accept="image/*" multiple={false} leftSection={<IconPhotoPlus size={16} />} onPick={take}>
          {t('trial.pick')}
        </FileButton>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button above does the same by the keyboard */}
      <div
        className={styles.trial}
        data-over={over}
        onDragOver={(event) => setOver(carriesFiles(event.dataTransfer))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {trial ? (
          <>
            <figure className={styles.tried}>
              <BlobImage blob={trial.picture} alt={trial.name} />
              <figcaption>{trial.name.split('/').at(-1)}</figcaption>
            </figure>
            <Guesses
              title={labels ? t('trial.beforeLabels', { count: labels }) : t('trial.before')}
              guesses={trial.comparison.pretrained}
              color="var(--control)"
            />
            <Guesses
              title={t('trial.after', { count: run.classes.length })}
              guesses={trial.comparison.tuned}
              color={runColor(run.number)}
            />
          </>
        ) : (
          <p className={styles.invitation}>{t('trial.drop')}</p>
        )}
      </div>
      {trial && <OldHead guesses={trial.comparison.oldHead} />}
    </Card>
  );
}

/** What is left of the old task on this picture: the first answer of the head that the model came with. */
function OldHead({ guesses: [first] }: { guesses: readonly Guess[] }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  if (!first) return null;
  return (
    <p className="tiny faint">
      {t('trial.oldHead', { label: first.label, share: format.percent(first.probability, 0) })}
    </p>
  );
}

interface GuessesProps {
  title: string;
  guesses: readonly Guess[];
  color: string;
}

function Guesses({ title, guesses, color }: GuessesProps) {
  const format = useFormat();
  return (
    <div className={styles.guesses}>
      <h3>{title}</h3>
      <ol>
        {guesses.slice(0, SHOWN).map(({ label, probability }, i) => (
          <li key={label} data-first={i === 0}>
            <span>{label}</span>
            <span className="num">{format.percent(probability, 0)}</span>
            <span className={styles.bar}>
              <i style={{ width: `${100 * probability}%`, background: color }} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
