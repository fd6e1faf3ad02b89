import { IconArrowsDiff, IconCheck, IconSchool, type TablerIcon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Screen } from '@/session/store.ts';
import { hrefOf } from './route.ts';
import styles from './step-nav.module.css';
import { STEPS, type StepId, useStepState } from './steps.ts';

/** The five steps in the bar: a number, a tick, or a dot while a run goes on. Beside them what has no place in a row. */
export function StepNav({ screen }: { screen: Screen }) {
  const { t } = useTranslation('shell');
  return (
    <nav className={styles.steps} aria-label={t('steps')}>
      {STEPS.map(({ id }, i) => (
        <Step key={id} id={id} number={i + 1} current={screen === id} />
      ))}
      <i className={styles.divider} aria-hidden="true" />
      {(['compare', 'lessons'] as const).map((id) => (
        <a key={id} href={hrefOf(id)} className={styles.step} aria-current={screen === id ? 'page' : undefined}>
          {t(`step.${id}`)}
        </a>
      ))}
    </nav>
  );
}

function Step({ id, number, current }: { id: StepId; number: number; current: boolean }) {
  const { t } = useTranslation('shell');
  const state = useStepState(id);
  return (
    <a href={hrefOf(id)} className={styles.step} data-state={state} aria-current={current ? 'page' : undefined}>
      <span className={styles.mark} aria-hidden="true">
        {state === 'live' ? (
          <i className="pulse" />
        ) : state === 'done' && !current ? (
          <IconCheck size={12} stroke={3} />
        ) : (
          number
        )}
      </span>
      {t(`step.${id}`)}
      {state !== 'open' && <span className="visually-hidden">{t(`state.${state}`)}</span>}
    </a>
  );
}

const TABS: readonly { id: Screen; Icon: TablerIcon }[] = [
  ...STEPS,
  { id: 'compare', Icon: IconArrowsDiff },
  { id: 'lessons', Icon: IconSchool },
];

/** The same steps along the bottom of a phone. */
export function TabBar({ screen }: { screen: Screen }) {
  const { t } = useTranslation('shell');
  return (
    <nav className={styles.tabs} aria-label={t('steps')}>
      {TABS.map(({ id, Icon }) => (
        <a key={id} href={hrefOf(id)} className={styles.tab} aria-current={screen === id ? 'page' : undefined}>
          <Icon size={20} stroke={1.75} aria-hidden="true" />
          <span>{t(`step.${id}`)}</span>
        </a>
      ))}
    </nav>
  );
}
