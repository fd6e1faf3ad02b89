import { Button } from '@mantine/core';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import { figuresOf } from '@/session/comparison.ts';
import { taskOf } from '@/session/defaults.ts';
import type { RunRecord } from '@/session/store.ts';
import { type TwinPair, twinGroup, twinRates, twinsOf } from '@/session/twin.ts';
import { Card } from '@/ui/controls/card.tsx';
import { useFormat } from '@/ui/format.ts';
import { useObstacle } from '@/ui/model/readiness.ts';
import { useActions, useStudio } from '@/ui/studio-context.tsx';
import { RunMarker } from '../run-marker.tsx';
import { SeedsChoice } from './seeds-choice.tsx';
import styles from './twin.module.css';
import { Verdicts } from './verdict.tsx';

const SEEDS = ['2', '3', '4', '5'] as const;

/** A run's pretrained start against the same network from scratch: asked for at a press, and what came of it. */
export function TwinCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('twin');
  const runs = useStudio((state) => state.runs);
  const twins = useMemo(() => twinsOf(twinGroup(Object.values(runs), run)), [runs, run]);
  const { pairs } = twins;
  if (run.imported || (pairs.length === 0 && !isOver(run.status.phase))) return null;
  if (pairs.length === 0 && run.settings.start === 'scratch') return null;
  return (
    <Card title={t('title')}>
      {pairs.length > 0 ? (
        <>
          <Verdicts pairs={pairs} />
          <Pairs pairs={pairs} shown={run.id} />
          <p className="tiny faint">
            <Fair run={run} />
          </p>
        </>
      ) : (
        <p className="small muted">{t('what')}</p>
      )}
      <AskTwin of={run} />
    </Card>
  );
}

/** What is compared with what. */
function Fair({ run }: { run: RunRecord }) {
  const { t } = useTranslation('twin');
  const format = useFormat();
  const rates = twinRates(run.settings, taskOf(run.settings).id).map((rate) => format.rate(rate));
  return t('fair', { rates: rates.join(', ') });
}

interface AskProps {
  /** The run whose settings are tried; those that stand where there is none. */
  of?: RunRecord | undefined;
  onBegin?(): void;
}

/** Starts the runs. */
export function AskTwin({ of, onBegin }: AskProps) {
  const { t } = useTranslation('twin');
  const { compareTwin } = useActions();
  const blocked = useObstacle();
  const [seeds, setSeeds] = useState<(typeof SEEDS)[number]>('3');
  const runs = 2 * Number(seeds) + 2;
  return (
    <div className={styles.ask}>
      <SeedsChoice<(typeof SEEDS)[number]> counts={SEEDS} seeds={seeds} onChange={setSeeds} />
      <Button
        size="xs"
        disabled={blocked !== undefined}
        leftSection={<IconArrowsSplit2 size={14} />}
        onClick={() => {
          onBegin?.();
          void compareTwin(of?.id, Number(seeds));
        }}
      >
        {t('start')}
      </Button>
      <span className="tiny faint">{blocked ?? t('runs', { count: runs })}</span>
    </div>
  );
}

/** Validation accuracy of each pair, by seed. */
function Pairs({ pairs, shown }: { pairs: readonly TwinPair[]; shown: string }) {
  const { t } = useTranslation('twin');
  return (
    <table className={styles.pairs}>
      <thead>
        <tr>
          <th scope="col">{t('seed')}</th>
          <th scope="col">{t('pretrained')}</th>
          <th scope="col">{t('scratch')}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ seed, pretrained, scratch }) => (
          <tr key={seed}>
            <th scope="row" className="num">
              {seed}
            </th>
            {[pretrained, scratch].map((run) => (
              <Side key={run.id} run={run} shown={run.id === shown} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Side({ run, shown }: { run: RunRecord; shown: boolean }) {
  const format = useFormat();
  const { showRun } = useActions();
  return (
    <td>
      <button type="button" className={styles.side} aria-current={shown} onClick={() => showRun(run.id)}>
        <RunMarker run={run.number} size={14} />
        <span className="num">{format.percent(figuresOf(run).accuracy ?? Number.NaN)}</span>
      </button>
    </td>
  );
}
