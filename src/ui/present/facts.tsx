import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lengthOf } from '@/session/replay.ts';
import { latest } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { useFormat } from '../format.ts';
import { useBackendWords } from '../shell/backend-words.ts';
import { useWatts, wattHours, wattsOf } from './energy.ts';
import styles from './present.module.css';

/** Where the run is, what it took so far and what it computes on. Energy is an estimate, and says of what. */
export function Facts({ run, runs }: { run: RunRecord; runs: readonly RunRecord[] }) {
  const { t } = useTranslation('present');
  const format = useFormat();
  const { name } = useBackendWords();
  const [watts, setWatts] = useWatts();
  const { status } = run;
  const seconds = runs.reduce((sum, each) => sum + lengthOf(each), 0);
  const epoch = latest(run.train, 'epoch') ?? latest(run.validation, 'epoch') ?? 0;
  const bytes = Math.max(status.memoryBytes, status.peakBytes);
  return (
    <dl className={styles.facts}>
      <Fact label={t('fact.epoch')}>
        {t('epochOf', { epoch: format.number(Math.ceil(epoch), 0), epochs: status.epochs })}
      </Fact>
      <Fact label={t('fact.step')}>{t('step', { step: format.number(status.step, 0) })}</Fact>
      <Fact label={t('fact.time')}>{format.duration(seconds)}</Fact>
      <Fact label={t('fact.energy')}>
        {t('energy', { energy: format.number(wattHours(seconds, watts), 3) })}
        <Watts watts={watts} onChange={setWatts} />
      </Fact>
      {bytes > 0 && <Fact label={t('fact.memory')}>{format.bytes(bytes)}</Fact>}
      <Fact label={t('fact.backend')}>{name}</Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="visually-hidden">{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The assumption of the estimate, to be changed where it stands. */
function Watts({ watts, onChange }: { watts: number; onChange(watts: number): void }) {
  const { t } = useTranslation('present');
  const [typed, type] = useState<string>();
  const settle = () => {
    const next = wattsOf(typed ?? '');
    if (next !== undefined) onChange(next);
    type(undefined);
  };
  return (
    <label className={styles.watts}>
      {t('wattsBefore')}
      <input
        aria-label={t('watts')}
        inputMode="numeric"
        value={typed ?? String(watts)}
        onChange={(event) => type(event.currentTarget.value)}
        onBlur={settle}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
          event.stopPropagation();
        }}
      />
      W
    </label>
  );
}
