import { Button } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconArrowsSplit2, IconGitPullRequest, IconPlayerStop } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { figuresOf } from '@/session/comparison.ts';
import { haveEnded } from '@/session/run-records.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { Note } from '../controls/note.tsx';
import { Page } from '../controls/page.tsx';
import { ProgressBar } from '../controls/progress-line.tsx';
import { useCalm } from '../controls/use-calm.ts';
import { useReadiness } from '../model/readiness.ts';
import { hrefOf } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './compare.module.css';
import { CostCard } from './cost-card.tsx';
import { DiffersCard } from './differs-card.tsx';
import { LearningCurveCard } from './learning-curve-card.tsx';
import { MethodsDialog } from './methods-dialog.tsx';
import { OverlayCard } from './overlay-card.tsx';
import { ParallelCard } from './parallel-card.tsx';
import { useNames } from './run-names.ts';
import { SearchDialog } from './search-dialog.tsx';
import { StartDialog } from './start-dialog.tsx';

/** Milliseconds between two looks at runs that go on. */
const CALM_MS = 400;
/** Lines that a chart can show so that they are told apart. */
const SHOWN = 10;

/** Those with the best results: what the charts begin with. */
const first = (runs: readonly RunRecord[]): string[] =>
  runs
    .map((run) => ({ id: run.id, accuracy: figuresOf(run).accuracy ?? -1 }))
    .sort((a, b) => b.accuracy - a.accuracy)
    .slice(0, SHOWN)
    .map(({ id }) => id);

/** Runs beside each other: how they went, what they cost, and what differs between them. */
export function CompareScreen() {
  const { t } = useTranslation('compare');
  const all = useStudio((state) => state.runs);
  const calm = useCalm(all, CALM_MS, haveEnded);
  const runs = useMemo(() => Object.values(calm).sort((a, b) => a.number - b.number), [calm]);
  const [picked, setPicked] = useState<Readonly<Record<string, boolean>>>({});
  const nameOf = useNames(runs);
  const chosen = useMemo(() => {
    const begun = new Set(first(runs));
    return new Set(runs.map(({ id }) => id).filter((id) => picked[id] ?? begun.has(id)));
  }, [runs, picked]);
  const shown = useMemo(() => runs.filter(({ id }) => chosen.has(id)), [runs, chosen]);
  const choose = useCallback((id: string, on: boolean) => setPicked((now) => ({ ...now, [id]: on })), []);
  if (runs.length === 0) return <Nothing />;
  return (
    <Page title={t('title', { count: runs.length })} subtitle={t('subtitle')} actions={<Begin />}>
      <div className={styles.page}>
        <UnderWay />
        <Unlike runs={runs} />
        <div className={styles.two}>
          <OverlayCard runs={shown} nameOf={nameOf} />
          <CostCard runs={shown} />
        </div>
        <LearningCurveCard runs={runs} />
        <ParallelCard runs={runs} />
        <DiffersCard runs={runs} chosen={chosen} nameOf={nameOf} onChoose={choose} />
      </div>
    </Page>
  );
}

function Nothing() {
  const { t } = useTranslation('compare');
  const ready = useStudio(({ dataset, model }) => dataset !== undefined && model !== undefined);
  return (
    <Page title={t('empty.title')} {...(ready ? { actions: <Begin /> } : {})}>
      <div className={styles.page}>
        <UnderWay />
        <Card>
          <EmptyState
            title={t('empty.none')}
            action={
              <Button component="a" href={hrefOf(ready ? 'model' : 'data')}>
                {t(ready ? 'empty.model' : 'empty.data')}
              </Button>
            }
          >
            {t('empty.what')}
          </EmptyState>
        </Card>
      </div>
    </Page>
  );
}

/** The two ways to have several runs made. */
function Begin() {
  const { t } = useTranslation(['compare', 'twin']);
  const [open, setOpen] = useState<'methods' | 'search' | 'start'>();
  const { ready, reason } = useReadiness();
  return (
    <>
      <Button
        disabled={!ready}
        title={ready ? undefined : reason}
        leftSection={<IconArrowsSplit2 size={16} />}
        aria-label={t('twin:begin.title')}
        onClick={() => setOpen('start')}
      >
        <span className={styles.roomy}>{t('twin:begin.title')}</span>
      </Button>
      <Button
        disabled={!ready}
        title={ready ? undefined : reason}
        leftSection={<IconAdjustmentsHorizontal size={16} />}
        onClick={() => setOpen('search')}
      >
        {t('search.title')}
      </Button>
      <Button
        variant="filled"
        disabled={!ready}
        title={ready ? undefined : reason}
        leftSection={<IconGitPullRequest size={16} />}
        onClick={() => setOpen('methods')}
      >
        {t('methods.title')}
      </Button>
      {open === 'start' && <StartDialog onClose={() => setOpen(undefined)} />}
      {open === 'methods' && <MethodsDialog onClose={() => setOpen(undefined)} />}
      {open === 'search' && <SearchDialog onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** A search or a comparison that goes on, with its end in a person's hand. */
function UnderWay() {
  const { t } = useTranslation('compare');
  const trials = useStudio((state) => state.trials);
  const { stopTrials } = useActions();
  if (!trials) return null;
  const { kind, done, of, stopping } = trials;
  const words = t(`underWay.${kind}`, { number: Math.max(0, done) + 1, of });
  return (
    <Note
      role="status"
      tone="info"
      actions={
        <>
          <Button
            size="xs"
            leftSection={<IconPlayerStop size={14} />}
            disabled={stopping}
            onClick={() => void stopTrials()}
          >
            {t('underWay.stop')}
          </Button>
          <Button size="xs" variant="subtle" component="a" href={hrefOf('train')}>
            {t('underWay.watch')}
          </Button>
        </>
      }
    >
      {words}
      <ProgressBar label={words} share={Math.max(0, done) / of} />
    </Note>
  );
}

/** Where accuracies are shares of different sets of examples they cannot be held against each other. */
function Unlike({ runs }: { runs: readonly RunRecord[] }) {
  const { t } = useTranslation('compare');
  const counts = new Set(runs.flatMap((run) => figuresOf(run).examples || []));
  const names = new Set(runs.map(({ datasetName }) => datasetName));
  return counts.size > 1 || names.size > 1 ? <Note tone="warn">{t('unlike')}</Note> : null;
}
