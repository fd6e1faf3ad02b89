import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { StageSummary } from '@/protocol/model.ts';
import styles from './stage-list.module.css';
import { StageRow } from './stage-list.tsx';

interface StageChoiceProps {
  stages: readonly StageSummary[];
  input: string;
  output: string;
  /** Names of those that shall move, in their order. */
  onChange(names: readonly string[]): void;
}

/** Stages in their order, each to tick: any set of them can move. One does at least. */
export function StageChoice({ stages, input, output, onChange }: StageChoiceProps) {
  const { t } = useTranslation('model');
  const most = Math.max(...stages.map(({ parameters }) => parameters), 1);
  const moving = stages.filter(({ trainable }) => trainable > 0);
  const toggle = (one: StageSummary) =>
    onChange(stages.filter((stage) => moving.includes(stage) !== (stage === one)).map(({ name }) => name));
  return (
    <div>
      <div className={styles.ends}>
        <span>{input}</span>
        <span>{t('stages.parameters')}</span>
      </div>
      <ol className={styles.list}>
        {stages.map((stage) => {
          const moves = moving.includes(stage);
          // what has no weights cannot move
          const fixed = stage.parameters === 0 || (moves && moving.length === 1);
          return (
            <li key={stage.name}>
              <StageRow
                stage={stage}
                frozen={!moves}
                most={most}
                sign={
                  <Checkbox
                    size="xs"
                    iconColor="var(--on-primary)"
                    checked={moves}
                    disabled={fixed}
                    aria-label={t('stages.tick', { stage: stage.name })}
                    onChange={() => toggle(stage)}
                  />
                }
              />
            </li>
          );
        })}
      </ol>
      <div className={styles.ends}>
        <span>{output}</span>
      </div>
    </div>
  );
}
