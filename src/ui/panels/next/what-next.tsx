import { Button } from '@mantine/core';
import { IconAdjustments, IconDatabase, IconPlayerPlay } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { diagnose } from '@/advice/diagnose.ts';
import type { Advice } from '@/advice/facts.ts';
import { isOver } from '@/protocol/run.ts';
import { changesOf } from '@/session/changes.ts';
import { factsOf } from '@/session/facts.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { useKindTranslation } from '@/ui/controls/kind-translation.ts';
import { Note } from '@/ui/controls/note.tsx';
import { SettingChanges } from '@/ui/controls/setting-changes.tsx';
import { useObstacle } from '@/ui/model/readiness.ts';
import { useActions, useStudio } from '@/ui/studio-context.tsx';
import { useAdviceWords } from './advice-words.ts';
import styles from './what-next.module.css';

/** What a run that is over says about itself; nothing while it goes on, where it broke, or where it came without curves. */
export function useAdvice(run: RunRecord): readonly Advice[] {
  const dataset = useStudio((state) => state.dataset);
  const report = useStudio((state) => state.report);
  const wrongLabels = useStudio((state) => state.wrongLabels);
  const plan = useStudio((state) => state.plan);
  const model = useStudio((state) => state.model);
  const ended = isOver(run.status.phase) && !run.imported;
  return useMemo(
    () => (ended ? diagnose(factsOf(run, { dataset, report, wrongLabels, plan, model })) : []),
    [ended, run, dataset, report, wrongLabels, plan, model],
  );
}

/** A short diagnosis of a run from its own numbers: each finding with its evidence, and one press to the next run. */
export function WhatNext({ run }: { run: RunRecord }) {
  const { t } = useTranslation('advice');
  const advice = useAdvice(run);
  const inSeries = useStudio((state) => state.series !== undefined);
  const { phase } = run.status;
  // what broke says itself what went wrong, in the run's bar
  if (inSeries || phase === 'failed' || phase === 'lost' || advice.length === 0) return null;
  const sound = advice.every(({ severity, code }) => severity !== 'mend' && code !== 'forgetting');
  return (
    <Card title={t('title')} flush>
      {sound && (
        <div className={styles.sound}>
          <Note tone="good" title={t('sound.what')}>
            {t('sound.note')}
          </Note>
        </div>
      )}
      <ul className={styles.list}>
        {advice.map((each) => (
          <Finding key={each.code} advice={each} run={run} />
        ))}
      </ul>
    </Card>
  );
}

function Finding({ advice, run }: { advice: Advice; run: RunRecord }) {
  const { t } = useKindTranslation('advice');
  const actions = useActions();
  const { what, evidence, why } = useAdviceWords()(advice);
  const changes = changesOf(run.settings, { ...run.settings, ...advice.setUp });
  return (
    <li className={styles.finding} data-severity={advice.severity}>
      <h3>{what}</h3>
      {evidence && <p className="small">{evidence}</p>}
      <p className="small muted">{why}</p>
      {changes.length > 0 && <SettingChanges changes={changes} />}
      <div className={styles.actions}>
        {advice.data && (
          <Button size="xs" leftSection={<IconDatabase size={14} />} onClick={() => actions.show('data')}>
            {t(`data.${advice.data}`)}
          </Button>
        )}
        {advice.setUp && <NextRun advice={advice} run={run} />}
      </div>
    </li>
  );
}

/** Sets the next run up, to be looked over or to start at once. */
function NextRun({ advice, run }: { advice: Advice; run: RunRecord }) {
  const { t } = useTranslation('advice');
  const actions = useActions();
  const blocked = useObstacle();
  async function setUp(begin: boolean): Promise<void> {
    await actions.setUpNext(run, advice);
    if (begin) await actions.train();
    else actions.show('model');
  }
  return (
    <>
      <Button
        size="xs"
        leftSection={<IconPlayerPlay size={14} />}
        disabled={blocked !== undefined}
        onClick={() => void setUp(true)}
      >
        {t('start')}
      </Button>
      <Button size="xs" variant="subtle" leftSection={<IconAdjustments size={14} />} onClick={() => void setUp(false)}>
        {t('setUp')}
      </Button>
      {blocked && <span className="tiny faint">{blocked}</span>}
    </>
  );
}
