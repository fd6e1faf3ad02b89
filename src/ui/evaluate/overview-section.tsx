import { useMemo } from 'react';
import type { Evaluation } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { WhatNext } from '../panels/next/what-next.tsx';
import { AccuracyCard } from './accuracy-card.tsx';
import type { Answered } from './answered.ts';
import { ClassesCard } from './classes-card.tsx';
import { ConfusionCard, MOST_IN_GRID } from './confusion-card.tsx';
import styles from './evaluate.module.css';
import { MemorisedCard } from './memorised-card.tsx';
import { PairsCard } from './pairs-card.tsx';
import { PictureGrid } from './picture-grid.tsx';
import type { Pair } from './pictures-card.tsx';

/** Mistakes shown here; all of them are a section of their own. */
const SURE_MISTAKES = 12;

interface OverviewProps {
  run: RunRecord;
  evaluation: Evaluation;
  answered: readonly Answered[];
  onPair(pair: Pair): void;
}

/** How good it is, what it mixes up, which classes are hard, the mistakes that it was surest of, and what to try next. */
export function OverviewSection({ run, evaluation, answered, onPair }: OverviewProps) {
  const many = evaluation.classes.length > MOST_IN_GRID;
  const pairs = (
    <PairsCard evaluation={evaluation} run={run.number} onOpen={(truth, answer) => onPair({ truth, answer })} />
  );
  return (
    <>
      <div className={styles.first} data-many={!many && evaluation.classes.length > 6}>
        <AccuracyCard evaluation={evaluation} run={run.number} />
        {many ? pairs : <ConfusionCard evaluation={evaluation} run={run.number} />}
        <ClassesCard evaluation={evaluation} run={run.number} />
      </div>
      <div className={many ? undefined : styles.two}>
        <SureMistakes run={run} classes={evaluation.classes} answered={answered} />
        {!many && pairs}
      </div>
      <MemorisedCard run={run} classes={evaluation.classes} />
      <WhatNext run={run} />
    </>
  );
}

interface SureMistakesProps {
  run: RunRecord;
  classes: readonly string[];
  answered: readonly Answered[];
}

function SureMistakes({ run, classes, answered }: SureMistakesProps) {
  const { t } = useKindTranslation('evaluate');
  const { items, mistakes } = useMemo(() => {
    const count = answered.filter(({ right }) => !right).length;
    return { items: answered.slice(0, Math.min(SURE_MISTAKES, count || SURE_MISTAKES)), mistakes: count };
  }, [answered]);
  if (answered.length === 0) return null;
  return (
    <Card
      title={mistakes > 0 ? t('pictures.surest') : t('pictures.flawless', { count: answered.length })}
      aside={
        <a className="small" href="#/evaluate/pictures">
          {mistakes > items.length ? t('pictures.allMistakes', { count: mistakes }) : t('pictures.allPictures')}
        </a>
      }
    >
      <PictureGrid run={run} classes={classes} items={items} cut />
    </Card>
  );
}
