import { Button } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Evaluation } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import { Segmented } from '../controls/segmented.tsx';
import { Thumbnail } from '../controls/thumbnail.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './evaluate.module.css';

interface Answered {
  id: number;
  path: string;
  truth: string;
  answer: string;
  right: boolean;
  sure: number;
}
const PAGE = 24;

/** Test pictures with the model's answers, mistakes first; each can be tried on both models. */
export function PicturesCard({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useTranslation('evaluate');
  const examples = useStudio((state) => state.dataset?.examples);
  const answered = useMemo(() => (examples ? answersOf(evaluation, examples.paths) : []), [evaluation, examples]);
  const mistakes = useMemo(() => answered.filter(({ right }) => !right), [answered]);
  const [shown, show] = useState<'mistakes' | 'all'>(mistakes.length > 0 ? 'mistakes' : 'all');
  const [limit, setLimit] = useState(PAGE);
  if (answered.length === 0) return null;
  const list = shown === 'mistakes' ? mistakes : answered;
  const note =
    mistakes.length > 0
      ? t('pictures.note', { count: mistakes.length })
      : t('pictures.flawless', { count: answered.length });
  return (
    <Card
      title={t('pictures.title')}
      aside={
        <Segmented<'mistakes' | 'all'>
          label={t('pictures.show')}
          value={shown}
          onChange={show}
          options={[
            { value: 'mistakes', label: t('pictures.mistakes'), disabled: mistakes.length === 0 },
            { value: 'all', label: t('pictures.all') },
          ]}
        />
      }
    >
      <p className="small muted">{note}</p>
      <ul className={styles.pictures}>
        {list.slice(0, limit).map((each) => (
          <Picture key={each.id} {...each} />
        ))}
      </ul>
      {list.length > limit && (
        <Button size="xs" onClick={() => setLimit(limit + PAGE)}>
          {t('pictures.more', { count: Math.min(PAGE, list.length - limit) })}
        </Button>
      )}
    </Card>
  );
}

function Picture({ id, path, truth, answer, right, sure }: Answered) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const actions = useActions();
  const tried = useStudio((state) => state.trial?.name === path);
  const share = format.percent(sure, 0);
  return (
    <li>
      <button type="button" className={styles.picture} aria-pressed={tried} onClick={() => void actions.tryExample(id)}>
        <Thumbnail id={id} alt="" />
        <span className={styles.answer}>
          <span>{answer}</span> <span className="num">{share}</span>
        </span>{' '}
        <span className={styles.verdict} data-right={right}>
          {right ? <IconCheck size={13} /> : <IconX size={13} />}
          <span>{right ? t('pictures.right') : t('pictures.is', { name: truth })}</span>
        </span>
        <span className="visually-hidden"> {t('pictures.try')}</span>
      </button>
    </li>
  );
}

/** Answers with their pictures, mistakes first, surest first. */
function answersOf({ answers, classes }: Evaluation, paths: readonly string[]): Answered[] {
  return answers
    .flatMap(({ id, truth, probabilities }) => {
      const path = paths[id];
      if (path === undefined) return [];
      const sure = Math.max(...probabilities);
      const answer = probabilities.indexOf(sure);
      return [{ id, path, truth: classes[truth] ?? '', answer: classes[answer] ?? '', right: answer === truth, sure }];
    })
    .sort((a, b) => Number(a.right) - Number(b.right) || b.sure - a.sure);
}
