import { Select, Skeleton } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { TriedText } from '@/protocol/messages.ts';
import { DownloadMenu } from '../controls/download-menu.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useFormat } from '../format.ts';
import { useActions } from '../studio-context.tsx';
import { choicesOf } from './class-choices.ts';
import { useExplanation } from './use-explanation.ts';
import styles from './word-weights.module.css';

interface WordWeightsViewProps {
  run: string;
  /** Of the saved file. */
  name: string;
  tried: TriedText;
  classes: readonly string[];
  /** Index of the class that is explained at first: the answer. */
  answer: number | undefined;
  truth?: number | undefined;
  /** Shown until the weights come. */
  text: string;
}

/** A text with how much each of its words spoke for a class: the answer with it, less the answer without it. */
export function WordWeightsView({ run, name, tried, classes, answer, truth, text }: WordWeightsViewProps) {
  const { t } = useKindTranslation('evaluate');
  const [chosen, choose] = useState<number>();
  const label = chosen ?? answer;
  const actions = useActions();
  const explain = useCallback((of: number) => actions.wordWeights(run, tried, of), [actions, run, tried]);
  const weights = useExplanation(explain, label);
  const shown = label === undefined ? '' : (classes[label] ?? '');
  const most = Math.max(0, ...(weights?.words.map(({ weight }) => Math.abs(weight)) ?? []));
  return (
    <div className={styles.view}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <div className={styles.text} dir="auto" tabIndex={0} aria-busy={!weights}>
        {weights
          ? weights.words.map((word, i) => <Word key={i} {...word} most={most} />)
          : text || <Skeleton height={54} />}
      </div>
      <div className={styles.controls}>
        <Select
          size="xs"
          label={t('saliency.explain')}
          value={label === undefined ? null : String(label)}
          onChange={(value) => value !== null && choose(Number(value))}
          searchable={classes.length > 12}
          limit={100}
          data={choicesOf(classes, answer, truth, t)}
        />
        <DownloadMenu
          title={t('saliency.title', { name: shown })}
          name={`${name}-words`}
          {...(weights
            ? {
                table: () => ({
                  header: ['word', 'weight'],
                  rows: weights.words.map(({ text: word, weight }) => [word, weight]),
                }),
              }
            : {})}
        />
      </div>
      <p className="tiny faint" aria-live="polite">
        {weights && most === 0 ? t('words.nothing', { name: shown }) : t('words.what', { name: shown })}
      </p>
    </div>
  );
}

/** How strong a tint is at most, so that ink stays legible on it. */
const STRONGEST = 55;

function Word({ text, weight, most }: { text: string; weight: number; most: number }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  if (weight === 0 || most === 0) return text;
  const strength = Math.round((STRONGEST * Math.abs(weight)) / most);
  if (strength < 4) return text;
  const color = weight > 0 ? 'var(--run-1)' : 'var(--run-2)';
  return (
    <mark
      className={styles.word}
      data-against={weight < 0 || undefined}
      style={{ background: `color-mix(in srgb, ${color} ${strength}%, transparent)` }}
      title={t(weight > 0 ? 'words.for' : 'words.against', { points: format.number(100 * Math.abs(weight), 1) })}
    >
      {text}
    </mark>
  );
}
