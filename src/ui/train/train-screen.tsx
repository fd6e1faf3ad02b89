import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type CSSProperties, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { EmptyState } from '../controls/empty-state.tsx';
import { WithRail } from '../controls/page.tsx';
import { useObstacle } from '../model/readiness.ts';
import { panelsAt } from '../panels/index.ts';
import { useReplay } from '../present/use-replay.ts';
import { useActions, useCurrentRun, useStudio } from '../studio-context.tsx';
import { RunBar } from './run-bar.tsx';
import styles from './train.module.css';
import { WatchBar } from './watch-bar.tsx';

/** A run as it goes: what it does now, its curves, what it will do next, and how it ended. */
export function TrainScreen() {
  const run = useCurrentRun();
  return run ? <Run run={run} /> : <NoRun />;
}

function Run({ run }: { run: RunRecord }) {
  // the charts take what the bar leaves of the window, however many lines its words need
  const { ref, height } = useElementSize();
  const replay = useReplay(useMemo(() => [run], [run]));
  const shown = useMemo(() => asShown(run, replay.runs[0] ?? run), [run, replay.runs]);
  // what a person chose on a chart belongs to the chart, not to the run
  const at = (place: Parameters<typeof panelsAt>[0]) =>
    panelsAt(place).map(([id, Panel]) => <Panel key={id} run={shown} />);
  return (
    <div className={styles.page} style={height > 0 ? ({ '--bar': `${height}px` } as CSSProperties) : undefined}>
      <div ref={ref} className={styles.top}>
        <RunBar run={run}>
          <WatchBar run={run} replay={replay} />
        </RunBar>
      </div>
      <WithRail rail={at('rail')} below={at('below')}>
        {at('main')}
      </WithRail>
    </div>
  );
}

/** While a run is replayed nothing can be done to it: to the panels it is as one that is about to end. */
const asShown = (run: RunRecord, at: RunRecord): RunRecord =>
  at === run ? run : { ...at, status: { ...at.status, phase: 'finishing' } };

function NoRun() {
  const { t } = useTranslation('train');
  const actions = useActions();
  const obstacle = useObstacle();
  const hasData = useStudio((state) => Boolean(state.dataset));
  return (
    <div className={styles.page}>
      <section className={styles.bar}>
        <h1 className="visually-hidden" tabIndex={-1}>
          {t('empty.title')}
        </h1>
        <EmptyState
          title={t('empty.title')}
          action={
            <Button variant="filled" onClick={() => actions.show(obstacle ? 'data' : 'model')}>
              {t(obstacle ? 'empty.toData' : 'empty.toModel')}
            </Button>
          }
        >
          {hasData ? (obstacle ?? t('empty.ready')) : t('empty.noData')}
        </EmptyState>
      </section>
    </div>
  );
}
