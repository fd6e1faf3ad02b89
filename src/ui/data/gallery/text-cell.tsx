import { IconCheck, IconEyeOff } from '@tabler/icons-react';
import { memo } from 'react';
import { NONE, type TextSummary } from '@/protocol/dataset.ts';
import type { TextRow } from '@/protocol/text.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { plainText, promptAndAnswer, useText } from '../../controls/text-example.tsx';
import { useFormat } from '../../format.ts';
import { isLabelled } from '../labelled.ts';
import { type CellState, cellId } from './cell.ts';
import styles from './text-cell.module.css';

interface TextCellProps extends CellState {
  dataset: TextSummary;
  /** Index into the classes, or `NONE`. */
  label: number;
  /** In words: its split, or that it takes no part. */
  split: string;
}

/** One text, or a prompt beside its answer, with its row, class and split. The list around it listens to mouse and keys. */
export const TextCell = memo(function TextCell({ id, dataset, label, split, ...state }: TextCellProps) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const row = useText(id);
  const { place, total, picked, active, excluded } = state;
  const labelled = isLabelled(dataset);
  const name = labelled ? (dataset.classes[label]?.name ?? t('unsorted')) : '';
  const number = format.number(dataset.examples.rows[id]!, 0);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the list, which outlives every text
    <div
      id={cellId(id)}
      role="option"
      aria-selected={picked}
      aria-setsize={total}
      aria-posinset={place + 1}
      className={styles.cell}
      data-id={id}
      data-active={active || undefined}
      data-excluded={excluded || undefined}
      data-labelled={labelled || undefined}
      draggable={labelled}
    >
      <span className={styles.row}>
        {picked && <IconCheck size={14} stroke={3} aria-hidden="true" />}
        {number}
      </span>
      <Words row={row} pairs={dataset.task === 'text-generation' && dataset.mapping.layout !== 'plain'} />
      {labelled && (
        <span className={styles.label} data-none={label === NONE || undefined} title={name}>
          {label !== NONE && label < 9 && (
            <span className={styles.key} aria-hidden="true">
              {label + 1}
            </span>
          )}
          <span dir="auto">{name}</span>
        </span>
      )}
      <span className={styles.split}>
        {excluded && <IconEyeOff size={13} stroke={2} />}
        {split}
      </span>
    </div>
  );
});

function Words({ row, pairs }: { row: TextRow | undefined; pairs: boolean }) {
  const { t } = useKindTranslation('data');
  if (!row) return <span className={styles.words} />;
  if (pairs) {
    const { prompt, answer } = promptAndAnswer(row);
    return (
      <span className={styles.pair}>
        <span className={styles.words} dir="auto">
          {prompt}
        </span>
        <span className={styles.words} dir="auto">
          {answer}
        </span>
      </span>
    );
  }
  const text = plainText(row);
  if (text.trim() === '') return <span className={`${styles.words} faint`}>{t('text.empty')}</span>;
  return (
    <span className={styles.words} dir="auto">
      {text}
    </span>
  );
}
