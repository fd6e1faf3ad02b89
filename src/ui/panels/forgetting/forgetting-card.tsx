import { Button } from '@mantine/core';
import { IconDropletHalf2 } from '@tabler/icons-react';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { latest } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { Key } from '@/ui/controls/key.tsx';
import { StatusBadge } from '@/ui/controls/status-badge.tsx';
import { useKeys } from '@/ui/controls/use-keys.ts';
import { useFormat } from '@/ui/format.ts';
import { useActions } from '@/ui/studio-context.tsx';
import { runColor } from '../run-marker.tsx';
import { writes } from '../run-words.ts';
import styles from './forgetting.module.css';
import { Fork } from './fork.tsx';
import { type OldFigures, oldFigures } from './old-figures.ts';
import { toCures } from './to-cures.ts';

/** What the model learned beside what it forgot: two vessels. Of a run without an old task's curve, nothing. */
export function ForgettingCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('forgetting');
  const format = useFormat();
  const actions = useActions();
  const write = useOldValue();
  const old = oldFigures(run);
  const share = latest(run.validation, 'accuracy');
  const shown = old !== undefined && share !== undefined;
  const cure = useCallback(() => toCures(actions), [actions]);
  useKeys(useMemo(() => [{ keys: ['c'], act: cure, enabled: shown }], [cure, shown]));
  if (!old || share === undefined) return null;
  const began = format.percent(old.began);
  const label = t('picture', { new: format.percent(share), old: format.percent(old.now), began });
  const examples = format.number(latest(run.validation, 'examples') ?? 0, 0);
  return (
    <Card title={t('title')} aside={<Change old={old} />}>
      <div className={styles.fork}>
        <Fork now={share} old={old.now} began={old.began} color={runColor(run.number)} label={label} />
        <div className={styles.figures}>
          <Figure name={t('new')} color={runColor(run.number)} dashed value={format.percent(share)}>
            {t(writes(run) ? 'tokens' : 'accuracy', { examples })}
          </Figure>
          <Figure name={t('old')} color="var(--old)" value={write(old, 'now')}>
            <About run={run} old={old} />
          </Figure>
        </div>
      </div>
      {old.unmoved && <p className="small muted">{t('untouched')}</p>}
      <Button
        size="xs"
        fullWidth
        mt={10}
        leftSection={<IconDropletHalf2 size={14} />}
        rightSection={<Key cap="C" />}
        aria-keyshortcuts="C"
        onClick={cure}
      >
        {t('cure')}
      </Button>
    </Card>
  );
}

/** How much was lost since the first look. */
function Change({ old }: { old: OldFigures }) {
  const { t } = useTranslation('forgetting');
  const format = useFormat();
  const { bits } = old;
  const change = bits ? bits.now - bits.began : 100 * (old.now - old.began);
  const digits = bits ? 2 : 1;
  const value = format.signed(change, digits);
  if (Math.abs(change) < 0.5 * 10 ** -digits) return <StatusBadge>{t('same')}</StatusBadge>;
  return <StatusBadge tone="old">{t(bits ? 'bits' : 'points', { value })}</StatusBadge>;
}

/** The old task's figure with its unit: bits a byte of a model that writes, else a share. */
function useOldValue(): (old: OldFigures, when: 'began' | 'now') => string {
  const { t } = useTranslation('forgetting');
  const format = useFormat();
  return ({ bits, ...old }, when) =>
    bits ? t('bits', { value: format.fixed(bits[when], 2) }) : format.percent(old[when]);
}

function About({ run, old }: { run: RunRecord; old: OldFigures }) {
  const { t } = useTranslation('forgetting');
  const format = useFormat();
  const value = useOldValue();
  const words = { examples: format.number(old.examples, 0), right: format.percent(old.now) };
  const { probes } = run.status;
  const about = probes
    ? t(`own.${probes.kind}`, { ...words, name: probes.name })
    : t(`about.${run.settings.model.id}`, words);
  return (
    <>
      {about} {t('began', { value: value(old, 'began') })}
    </>
  );
}

interface FigureProps {
  name: string;
  color: string;
  /** As the new task's line is drawn. */
  dashed?: boolean;
  value: string;
  children: ReactNode;
}

function Figure({ name, color, dashed = false, value, children }: FigureProps) {
  return (
    <div>
      <div className={`${styles.name} tiny`}>
        <svg className={styles.swatch} viewBox="0 0 18 8" aria-hidden="true">
          <path d="M0 4H18" stroke={color} strokeWidth={dashed ? 3 : 2} strokeDasharray={dashed ? '5 3' : undefined} />
        </svg>
        {name}
      </div>
      <b className={styles.value}>{value}</b>
      <p className="tiny faint">{children}</p>
    </div>
  );
}
