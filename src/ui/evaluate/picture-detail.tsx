import { Skeleton } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf } from '@/lib/answers.ts';
import type { TriedPicture } from '@/protocol/messages.ts';
import type { Comparison } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { StatusBadge } from '../controls/status-badge.tsx';
import { Thumbnail } from '../controls/thumbnail.tsx';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import { Guesses } from './guesses.tsx';
import styles from './picture-detail.module.css';
import { SaliencyView } from './saliency-view.tsx';

interface PictureDetailProps {
  run: RunRecord;
  picture: TriedPicture;
  /** What both models said, where it is known already. */
  comparison?: Comparison | undefined;
  /** Index into the run's classes, for a test picture. */
  truth?: number | undefined;
  preview: ReactNode;
}

/** One picture: where the model looked, what it said, and what the model that it came from says. */
export function PictureDetail({ run, picture, comparison, truth, preview }: PictureDetailProps) {
  const { t } = useTranslation('evaluate');
  const labels = useStudio((state) => state.model?.labels.length);
  const found = useComparison(run.id, picture, comparison);
  const answer = found && run.classes.indexOf(found.tuned[0]?.label ?? '');
  return (
    <div className={styles.detail}>
      <SaliencyView
        run={run.id}
        name={`run-${run.number}-picture`}
        picture={picture}
        classes={run.classes}
        answer={answer}
        truth={truth}
        preview={preview}
      />
      <div className={styles.answers}>
        {found ? (
          <>
            {truth !== undefined && <Verdict run={run} answer={answer} truth={truth} />}
            <Guesses
              title={t('trial.after', { count: run.classes.length })}
              guesses={found.tuned}
              color={runColor(run.number)}
            />
            <Guesses
              title={labels ? t('trial.beforeLabels', { count: labels }) : t('trial.before')}
              guesses={found.pretrained}
              color="var(--control)"
            />
            <BaseAnswer run={run} picture={picture} />
            <OldHead comparison={found} />
          </>
        ) : (
          <Skeleton height={220} radius={8} />
        )}
      </div>
    </div>
  );
}

function useComparison(run: string, picture: TriedPicture, known: Comparison | undefined): Comparison | undefined {
  const actions = useActions();
  const [found, setFound] = useState<{ picture: TriedPicture; comparison: Comparison | undefined }>();
  useEffect(() => {
    if (known) return;
    let wanted = true;
    void actions.compare(run, picture).then((comparison) => wanted && setFound({ picture, comparison }));
    return () => {
      wanted = false;
    };
  }, [actions, run, picture, known]);
  return known ?? (found?.picture === picture ? found.comparison : undefined);
}

function Verdict({ run, answer, truth }: { run: RunRecord; answer: number | undefined; truth: number }) {
  const { t } = useTranslation('evaluate');
  const right = answer === truth;
  return (
    <StatusBadge tone={right ? 'good' : 'bad'} icon={right ? <IconCheck size={13} /> : <IconX size={13} />}>
      {right ? t('pictures.right') : t('pictures.is', { name: run.classes[truth] })}
    </StatusBadge>
  );
}

/** What the model before training said, where somebody had it name the test pictures. */
function BaseAnswer({ run: { base }, picture }: { run: RunRecord; picture: TriedPicture }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const said = useMemo(
    () => (picture.kind === 'example' ? base?.answers.find(({ id }) => id === picture.id) : undefined),
    [base, picture],
  );
  if (!base || !said) return null;
  const answer = answerOf(said);
  const words = { name: base.classes[answer], share: format.percent(said.probabilities[answer]!, 0) };
  return <p className="small muted">{t('pictures.base', words)}</p>;
}

/** What is left of the old task on this picture: the first answer of the head that the model came with. */
function OldHead({ comparison: { oldHead } }: { comparison: Comparison }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const [first] = oldHead;
  if (!first) return null;
  return (
    <p className="tiny faint">
      {t('trial.oldHead', { label: first.label, share: format.percent(first.probability, 0) })}
    </p>
  );
}

/** The same for a test picture, with its thumbnail until the square comes. */
export function ExampleDetail({ run, id, truth }: { run: RunRecord; id: number; truth: number }) {
  const picture = useMemo((): TriedPicture => ({ kind: 'example', id }), [id]);
  return <PictureDetail key={id} run={run} picture={picture} truth={truth} preview={<Thumbnail id={id} alt="" />} />;
}
