import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Evaluation } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import type { PlainTable } from '../controls/download-csv.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { Segmented } from '../controls/segmented.tsx';
import type { Answered } from './answered.ts';
import { PictureGrid } from './picture-grid.tsx';

/** Pictures of one class that were taken for another. */
export interface Pair {
  truth: number;
  answer: number;
}

interface PicturesCardProps {
  run: RunRecord;
  evaluation: Evaluation;
  answered: readonly Answered[];
  pair: Pair | undefined;
  onPair(pair: Pair | undefined): void;
}

/** Test pictures with the model's answers, mistakes first, the surest before the others. */
export function PicturesCard({ run, evaluation, answered, pair, onPair }: PicturesCardProps) {
  const { t } = useKindTranslation('evaluate');
  const { classes } = evaluation;
  const mistakes = useMemo(() => answered.filter(({ right }) => !right), [answered]);
  const [shown, show] = useState<'mistakes' | 'all'>(mistakes.length > 0 ? 'mistakes' : 'all');
  const list = useMemo(() => {
    if (pair) return answered.filter(({ truth, answer }) => truth === pair.truth && answer === pair.answer);
    return shown === 'mistakes' ? mistakes : answered;
  }, [answered, mistakes, shown, pair]);
  const words = pair && { count: list.length, truth: classes[pair.truth], answer: classes[pair.answer] };
  return (
    <Card
      title={
        words
          ? t('pictures.pair', words)
          : mistakes.length > 0
            ? t('pictures.found', { count: mistakes.length, of: answered.length })
            : t('pictures.flawless', { count: answered.length })
      }
      downloads={{
        title: t('pictures.title'),
        name: `run-${run.number}-answers`,
        table: () => tableOf(evaluation, answered),
      }}
      aside={
        pair ? (
          <Button size="xs" leftSection={<IconX size={14} />} onClick={() => onPair(undefined)}>
            {t('pictures.everything')}
          </Button>
        ) : (
          <Segmented<'mistakes' | 'all'>
            label={t('pictures.show')}
            value={shown}
            onChange={show}
            options={[
              { value: 'mistakes', label: t('pictures.mistakes'), disabled: mistakes.length === 0 },
              { value: 'all', label: t('pictures.all') },
            ]}
          />
        )
      }
    >
      <p className="small muted">{t('pictures.note')}</p>
      <PictureGrid key={`${shown} ${pair?.truth} ${pair?.answer}`} run={run} classes={classes} items={list} />
    </Card>
  );
}

/** Every answer: the picture, what it is, what the model said, and the probability of each class. */
function tableOf({ classes, answers }: Evaluation, answered: readonly Answered[]): PlainTable {
  const probabilities = new Map(answers.map((each) => [each.id, each.probabilities]));
  return {
    header: ['file', 'class', 'answer', 'right', 'confidence', ...classes.map((name) => `p(${name})`)],
    rows: answered.map(({ id, path, truth, answer, right, sure }) => [
      path,
      classes[truth],
      classes[answer],
      Number(right),
      sure,
      ...(probabilities.get(id) ?? []),
    ]),
  };
}
