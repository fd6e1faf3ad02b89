import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord, Screen } from '@/session/store.ts';
import { hasWeights, useRunName } from '../panels/run-words.ts';
import { useActions, useCurrentRun } from '../studio-context.tsx';
import { Card } from './card.tsx';
import { EmptyState } from './empty-state.tsx';
import { Page } from './page.tsx';

interface FinishedRunProps {
  /** Where the words of `title.none` and `empty` are. */
  namespace: 'evaluate' | 'export';
  children(run: RunRecord): ReactNode;
}

/** A screen about a run that is over and left weights; where there is none, why, and the way to one. */
export function FinishedRun({ namespace, children }: FinishedRunProps) {
  const run = useCurrentRun();
  if (!run) return <Missing namespace={namespace} why="noRun" to="model" />;
  if (!run.imported && !isOver(run.status.phase))
    return <Missing namespace={namespace} why="running" to="train" run={run} />;
  if (!hasWeights(run)) return <Missing namespace={namespace} why="noWeights" to="model" run={run} />;
  return children(run);
}

interface MissingProps extends Pick<FinishedRunProps, 'namespace'> {
  why: 'noRun' | 'running' | 'noWeights';
  to: Screen;
  run?: RunRecord;
}

function Missing({ namespace, why, to, run }: MissingProps) {
  const { t } = useTranslation(namespace);
  const actions = useActions();
  const name = useRunName();
  return (
    <Page title={t(`${namespace}:title.none`)}>
      <Card>
        <EmptyState
          title={t(`${namespace}:empty.${why}`, { run: run && name(run).run })}
          action={
            <Button variant="filled" onClick={() => actions.show(to)}>
              {t(`${namespace}:empty.${to === 'train' ? 'toTrain' : 'toModel'}`)}
            </Button>
          }
        >
          {t(`${namespace}:empty.${why}Note`)}
        </EmptyState>
      </Card>
    </Page>
  );
}
