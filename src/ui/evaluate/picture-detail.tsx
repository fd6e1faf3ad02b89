import { Skeleton } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { answerOf } from '@/lib/answers.ts';
import type { Tried, TriedPicture, TriedText } from '@/protocol/messages.ts';
import type { Comparison } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { StatusBadge } from '../controls/status-badge.tsx';
import { plainText, useWholeText } from '../controls/text-example.tsx';
import { Thumbnail } from '../controls/thumbnail.tsx';
import { useFormat } from '../format.ts';
import { runColor } from '../panels/run-marker.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import { Guesses } from './guesses.tsx';
import styles from './picture-detail.module.css';
import { SaliencyView } from './saliency-view.tsx';
import { WordWeightsView } from './word-weights.tsx';

interface ExampleDetailProps {
  run: RunRecord;
  tried: Tried;
  /** What both models said, where it is known already. */
  comparison?: Comparison | undefined;
  /** Index into the run's classes, for a test picture. */
  truth?: number | undefined;
  /** Of a picture, until the square that the model sees comes. */
  preview?: ReactNode;
  /** Of a text, until its words are weighed. */
  text?: string | undefined;
}

/** One example: what spoke for the answer, what was said, and what the model that it came from says. */
export function Detail({ run, tried, comparison, truth, preview, text }: ExampleDetailProps) {
  const { t } = useKindTranslation('evaluate');
  const labels = useStudio((state) => state.model?.labels.length);
  const found = useComparison(run.id, tried, comparison);
  const answer = found && run.classes.indexOf(found.tuned[0]?.label ?? '');
  const shared = { run: run.id, classes: run.classes, answer, truth };
  return (
    <div className={styles.detail}>
      {text === undefined ? (
        <SaliencyView
          {...shared}
          name={`run-${run.number}-picture`}
          picture={tried as TriedPicture}
          preview={preview}
        />
      ) : (
        <WordWeightsView {...shared} name={`run-${run.number}-text`} tried={tried as TriedText} text={text} />
      )}
      <div className={styles.answers}>
        {found ? (
          <>
            {truth !== undefined && <Verdict run={run} answer={answer} truth={truth} />}
            <Guesses
              title={t('trial.after', { count: run.classes.length })}
              guesses={found.tuned}
              color={runColor(run.number)}
            />
            {found.pretrained.length > 0 && (
              <Guesses
                title={labels ? t('trial.beforeLabels', { count: labels }) : t('trial.before')}
                guesses={found.pretrained}
                color="var(--control)"
              />
            )}
            <BaseAnswer run={run} tried={tried} />
            <OldHead comparison={found} />
          </>
        ) : (
          <Skeleton height={220} radius={8} />
        )}
      </div>
    </div>
  );
}

function useComparison(run: string, tried: Tried, known: Comparison | undefined): Comparison | undefined {
  const actions = useActions();
  const [found, setFound] = useState<{ tried: Tried; comparison: Comparison | undefined }>();
  useEffect(() => {
    if (known) return;
    let wanted = true;
    void actions.compare(run, tried).then((comparison) => wanted && setFound({ tried, comparison }));
    return () => {
      wanted = false;
    };
  }, [actions, run, tried, known]);
  return known ?? (found?.tried === tried ? found.comparison : undefined);
}

function Verdict({ run, answer, truth }: { run: RunRecord; answer: number | undefined; truth: number }) {
  const { t } = useKindTranslation('evaluate');
  const right = answer === truth;
  return (
    <StatusBadge tone={right ? 'good' : 'bad'} icon={right ? <IconCheck size={13} /> : <IconX size={13} />}>
      {right ? t('pictures.right') : t('pictures.is', { name: run.classes[truth] })}
    </StatusBadge>
  );
}

/** What the model before training said, where somebody had it name the test pictures. */
function BaseAnswer({ run: { base }, tried }: { run: RunRecord; tried: Tried }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const said = useMemo(
    () => (tried.kind === 'example' ? base?.answers.find(({ id }) => id === tried.id) : undefined),
    [base, tried],
  );
  if (!base || !said) return null;
  const answer = answerOf(said);
  const words = { name: base.classes[answer], share: format.percent(said.probabilities[answer]!, 0) };
  return <p className="small muted">{t('pictures.base', words)}</p>;
}

/** What is left of the old task on this picture: the first answer of the head that the model came with. */
function OldHead({ comparison: { oldHead } }: { comparison: Comparison }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const [first] = oldHead;
  if (!first) return null;
  return (
    <p className="tiny faint">
      {t('trial.oldHead', { label: first.label, share: format.percent(first.probability, 0) })}
    </p>
  );
}

/** The same for an example of the data, with its thumbnail or its text until more is known of it. */
export function ExampleDetail({ run, id, truth }: { run: RunRecord; id: number; truth: number }) {
  const kind = useStudio((state) => state.dataset?.kind);
  const tried = useMemo(() => ({ kind: 'example', id }) as const, [id]);
  const shared = { run, tried, truth };
  if (kind === 'text') return <TextDetail key={id} {...shared} id={id} />;
  return <Detail key={id} {...shared} preview={<Thumbnail id={id} alt="" />} />;
}

function TextDetail({ id, ...shared }: { run: RunRecord; tried: Tried; truth: number; id: number }) {
  const row = useWholeText(id);
  return <Detail {...shared} text={row ? plainText(row) : ''} />;
}
