import { Button, Checkbox, Collapse, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunChange } from '@/protocol/control.ts';
import { type InForce, inForce } from '@/protocol/marks.ts';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { parseNumber } from '@/ui/controls/option-fields.tsx';
import { useFormat } from '@/ui/format.ts';
import { useActions, useStudio } from '@/ui/studio-context.tsx';
import styles from './steering.module.css';

/** What one press does to the learning rate. */
const FACTORS = [
  { words: '×2', by: 2 },
  { words: '÷2', by: 1 / 2 },
  { words: '÷10', by: 1 / 10 },
] as const;

/** What can be changed of a run while it goes on; each change holds from the next step on. */
export function SteeringCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('steer');
  const { phase } = run.status;
  if (run.imported || isOver(phase) || phase === 'finishing') return null;
  const now = inForce(run.settings, run.marks);
  return (
    <Card title={t('title')} aside={<span className="tiny faint">{t('when')}</span>}>
      <Steering key={run.id} run={run} now={now} />
    </Card>
  );
}

function Steering({ run, now }: { run: RunRecord; now: InForce }) {
  const { t } = useTranslation(['steer', 'option']);
  const format = useFormat();
  const { control } = useActions();
  const change = (change: RunChange) => void control({ kind: 'change', change });
  const rate = useTyped(format.rate(now.learningRate));
  const decay = useTyped(format.number(now.weightDecay, 6));
  const patience = useTyped(String(now.patience));
  const [stages, choose] = useState<readonly string[]>();
  const chosen = JSON.stringify(now.stages);
  useEffect(() => choose(undefined), [chosen]);
  const stopping = run.settings.earlyStopping.enabled;
  const fits = {
    rate: rate.value > 0,
    decay: decay.value >= 0,
    patience: patience.value >= 0 && Number.isInteger(patience.value),
  };
  const asked: RunChange = {
    ...(rate.touched ? { learningRate: rate.value } : {}),
    ...(decay.touched ? { weightDecay: decay.value } : {}),
    ...(patience.touched ? { patience: patience.value } : {}),
    ...(stages ? { stages } : {}),
  };
  const ready = Object.keys(asked).length > 0 && fits.rate && fits.decay && fits.patience && stages?.length !== 0;
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (ready) change(asked);
  };
  return (
    <form className={styles.form} onSubmit={apply}>
      <div className={styles.rate}>
        <Typed label={t('rate')} field={rate} error={!fits.rate && t('rateError')} />
        <div className={styles.factors}>
          {FACTORS.map(({ words, by }) => (
            <Button
              key={words}
              size="xs"
              aria-label={t('rateBy', { factor: words })}
              onClick={() => change({ learningRate: Number((now.learningRate * by).toPrecision(4)) })}
            >
              {words}
            </Button>
          ))}
        </div>
      </div>
      <div className={styles.pair}>
        <Typed label={t('option:weightDecay.label')} field={decay} error={!fits.decay && t('decayError')} />
        <Typed
          label={t('option:patience.label')}
          field={patience}
          error={!fits.patience && t('patienceError')}
          disabled={!stopping}
        />
      </div>
      <Stages run={run} chosen={stages ?? now.stages} choose={choose} />
      <Button type="submit" size="xs" variant={ready ? 'filled' : 'default'} disabled={!ready}>
        {t('apply')}
      </Button>
    </form>
  );
}

interface TypedField {
  text: string;
  value: number;
  touched: boolean;
  type(text: string): void;
}

/** What is being typed; it gives way when what is in force becomes another. */
function useTyped(inForceNow: string): TypedField {
  const [typed, type] = useState<string>();
  useEffect(() => type(undefined), [inForceNow]);
  const text = typed ?? inForceNow;
  return { text, value: parseNumber(text), touched: typed !== undefined && typed !== inForceNow, type };
}

interface TypedProps {
  label: string;
  field: TypedField;
  error: string | false;
  disabled?: boolean;
}

function Typed({ label, field, error, disabled = false }: TypedProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <TextInput
        id={id}
        size="xs"
        className="num"
        inputMode="decimal"
        value={field.text}
        error={field.touched && error}
        disabled={disabled}
        onChange={({ currentTarget }) => field.type(currentTarget.value)}
      />
    </div>
  );
}

interface StagesProps {
  run: RunRecord;
  chosen: readonly string[] | undefined;
  choose(stages: readonly string[]): void;
}

/** Which stages move; known where the plan on Model is of the run's model. */
function Stages({ run, chosen, choose }: StagesProps) {
  const { t } = useTranslation('steer');
  const [opened, { toggle }] = useDisclosure(false);
  const plan = useStudio((state) => state.plan);
  const model = useStudio((state) => state.settings.model);
  const same = model.kind === run.settings.model.kind && model.id === run.settings.model.id;
  if (!plan || !same) return null;
  const names = plan.stages.map(({ name }) => name);
  const moving = chosen ?? plan.stages.filter(({ trainable }) => trainable > 0).map(({ name }) => name);
  const turn = (name: string) => choose(names.filter((each) => (each === name) !== moving.includes(each)));
  return (
    <div>
      <button type="button" className={styles.stages} aria-expanded={opened} onClick={toggle}>
        <span>{t('stages.title')}</span>
        <span className="tiny faint num">{t('stages.count', { count: moving.length, of: names.length })}</span>
        <IconChevronDown size={14} />
      </button>
      <Collapse expanded={opened}>
        <ul className={styles.list}>
          {names.map((name) => (
            <li key={name}>
              <Checkbox size="xs" label={name} checked={moving.includes(name)} onChange={() => turn(name)} />
            </li>
          ))}
        </ul>
      </Collapse>
      {moving.length === 0 && <p className={styles.error}>{t('stages.none')}</p>}
    </div>
  );
}
