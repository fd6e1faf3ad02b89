import { Button } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExampleSummary } from '@/protocol/dataset.ts';
import type { Evaluation } from '@/protocol/result.ts';
import { BlobImage } from '../controls/blob-image.tsx';
import { Card } from '../controls/card.tsx';
import { Segmented } from '../controls/segmented.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './evaluate.module.css';

interface Answered {
  example: ExampleSummary;
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
  const answered = useMemo(() => answersOf(evaluation, examples ?? []), [evaluation, examples]);
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
          <Picture key={each.example.id} {...each} />
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

function Picture({ example, truth, answer, right, sure }: Answered) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const actions = useActions();
  const tried = useStudio((state) => state.trial?.name === example.path);
  const share = format.percent(sure, 0);
  return (
    <li>
      <button
        type="button"
        className={styles.picture}
        aria-pressed={tried}
        onClick={() => void actions.tryPicture(example.thumbnail, example.path, example.id)}
      >
        <BlobImage blob={example.thumbnail} alt="" />
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

/** Answers with their pictures, where the data set that was evaluated is still the one that is open; surest first. */
function answersOf({ answers, classes }: Evaluation, examples: readonly ExampleSummary[]): Answered[] {
  const byId = new Map(examples.map((example) => [example.id, example]));
  return answers
    .flatMap(({ id, truth, probabilities }) => {
      const example = byId.get(id);
      if (!example || example.label !== truth) return [];
      const sure = Math.max(...probabilities);
      const answer = probabilities.indexOf(sure);
      return [{ example, truth: classes[truth] ?? '', answer: classes[answer] ?? '', right: answer === truth, sure }];
    })
    .sort((a, b) => Number(a.right) - Number(b.right) || b.sure - a.sure);
}
