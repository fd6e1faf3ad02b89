import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GenerationAnswer, GenerationEvaluation } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../../controls/card.tsx';
import { Segmented } from '../../controls/segmented.tsx';
import { useFormat } from '../../format.ts';
import styles from './writing.module.css';

type Order = 'worst' | 'best' | 'data';
/** Answers that are drawn at once. */
const SHOWN = 40;

/** Answers that the model wrote to test prompts, beside the given ones. */
export function AnswersCard({ run, evaluation }: { run: RunRecord; evaluation: GenerationEvaluation }) {
  const { t } = useTranslation('writing');
  const [order, sort] = useState<Order>('worst');
  const written = useMemo(() => evaluation.answers.filter((answer) => answer.written !== undefined), [evaluation]);
  const sorted = useMemo(() => sortedBy(written, order), [written, order]);
  const before = useMemo(
    () => new Map(run.generationBase?.answers.map((answer) => [answer.id, answer.written])),
    [run.generationBase],
  );
  return (
    <Card
      title={t('answers.title', { count: written.length })}
      aside={
        <Segmented<Order>
          label={t('answers.order')}
          value={order}
          onChange={sort}
          options={(['worst', 'best', 'data'] as const).map((value) => ({ value, label: t(`answers.${value}`) }))}
        />
      }
      downloads={{
        title: t('answers.title', { count: written.length }),
        name: `run-${run.number}-answers`,
        table: () => ({
          header: ['id', 'prompt', 'expected', 'written', 'chrf', 'loss', 'tokens', 'right_tokens'],
          rows: evaluation.answers.map((one) => [
            one.id,
            one.prompt,
            one.expected,
            one.written,
            one.chrf,
            one.loss,
            one.tokens,
            one.correct,
          ]),
        }),
      }}
    >
      <p className="small muted">{t('answers.note')}</p>
      <ul className={styles.answers}>
        {sorted.slice(0, SHOWN).map((answer) => (
          <Answer key={answer.id} answer={answer} before={before.get(answer.id)} />
        ))}
      </ul>
    </Card>
  );
}

function Answer({ answer, before }: { answer: GenerationAnswer; before: string | undefined }) {
  const { t } = useTranslation('writing');
  const format = useFormat();
  const parts = [
    ['prompt', answer.prompt],
    ['expected', answer.expected],
    ['written', answer.written],
    ['before', before],
  ] as const;
  return (
    <li className={styles.answer}>
      <dl>
        {parts.map(([id, text]) =>
          text === undefined ? null : (
            <div key={id} data-part={id}>
              <dt>{t(`answers.${id}`)}</dt>
              <dd dir="auto">{text.trim() === '' ? <i className="faint">{t('answers.nothing')}</i> : text}</dd>
            </div>
          ),
        )}
      </dl>
      <span className="tiny faint num">chrF {format.number(answer.chrf ?? 0, 0)}</span>
    </li>
  );
}

function sortedBy(answers: readonly GenerationAnswer[], order: Order): readonly GenerationAnswer[] {
  if (order === 'data') return answers.toSorted((a, b) => a.id - b.id);
  const sign = order === 'worst' ? 1 : -1;
  return answers.toSorted((a, b) => sign * ((a.chrf ?? 0) - (b.chrf ?? 0)));
}
