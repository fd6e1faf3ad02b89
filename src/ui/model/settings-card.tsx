import { Button, Collapse } from '@mantine/core';
import { IconArrowBackUp, IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MethodId } from '@/methods/metas.ts';
import type { OptionSpec, OptionValue, OptionValues } from '@/protocol/options.ts';
import { defaultsOf } from '@/protocol/options.ts';
import type { RunSettings } from '@/protocol/run.ts';
import { EARLY_STOPPING_OPTIONS, isInUse, TRAINING_OPTIONS, trainingOptionsFor } from '@/protocol/settings.ts';
import { learningRateOf } from '@/session/defaults.ts';
import { Card } from '../controls/card.tsx';
import { OptionForm } from '../controls/option-form.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import { FindRate } from './find-rate.tsx';
import { LimitsNote } from './limits-note.tsx';
import { ScheduleCurve } from './schedule-curve.tsx';
import { useMarked } from './set-up-note.tsx';
import styles from './settings-card.module.css';
import { TightNote } from './tight-note.tsx';
import { useTask } from './use-task.ts';

const FIRST = [
  'epochs',
  'batchSize',
  'optimizer',
  'momentum',
  'weightDecay',
  'schedule',
  'cycles',
  'power',
  'stepEpochs',
  'gamma',
  'plateauPatience',
  'warmupSteps',
  'learningRate',
];

const pick = (specs: readonly OptionSpec[], names: readonly string[]): OptionSpec[] =>
  names.flatMap((name) => specs.filter((spec) => spec.name === name));
const rest = (specs: readonly OptionSpec[], names: readonly string[]): OptionSpec[] =>
  specs.filter((spec) => !names.includes(spec.name));

/** How it trains: the settings of every run, from the options' data. */
export function SettingsCard() {
  const { t } = useTranslation('model');
  const settings = useStudio((state) => state.settings);
  const { set, setOptimizer, setSchedule } = useActions();
  const marked = useMarked();
  const change = (name: string, value: OptionValue) => {
    if (name === 'optimizer') void setOptimizer(value as RunSettings['optimizer']);
    else if (name === 'schedule') void setSchedule(value as RunSettings['schedule']);
    else void set({ [name]: value } as Partial<RunSettings>);
  };
  const task = useTask();
  const options = trainingOptionsFor(task).filter((option) => isInUse(option, settings));
  const first = pick(options, FIRST);
  const others = rest(options, FIRST);
  const values = settings as unknown as OptionValues;
  return (
    <Card
      title={t('settings.title')}
      aside={
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconArrowBackUp size={14} />}
          onClick={() => set(defaults(settings, task.id))}
        >
          {t('settings.defaults')}
        </Button>
      }
    >
      <OptionForm specs={first} values={values} onChange={change} marked={marked} />
      <FindRate />
      <ScheduleCurve />
      <LimitsNote />
      <TightNote />
      <More label={t('settings.more')} open={others.some(({ name }) => marked.has(name))}>
        <OptionForm specs={others} values={values} onChange={change} marked={marked} />
      </More>
    </Card>
  );
}

/** All settings at their defaults; model and method stay, and the learning rate is the method's. */
function defaults(settings: RunSettings, task: string): Partial<RunSettings> {
  return {
    ...(defaultsOf(TRAINING_OPTIONS) as Partial<RunSettings>),
    learningRate: learningRateOf(settings.method.id as MethodId, task),
    earlyStopping: defaultsOf(EARLY_STOPPING_OPTIONS) as unknown as RunSettings['earlyStopping'],
  };
}

/** What few people need, behind a press. */
function More({ label, open: at, children }: { label: string; open: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(at);
  useEffect(() => setOpen((now) => now || at), [at]);
  const id = useId();
  return (
    <div className={styles.more}>
      <button
        type="button"
        className={`plain-button ${styles.toggle}`}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <IconChevronDown size={14} style={{ rotate: open ? '180deg' : '0deg' }} />
        {label}
      </button>
      <Collapse expanded={open} id={id}>
        <div className={styles.inner}>{children}</div>
      </Collapse>
    </div>
  );
}
