import { NumberInput, Select, Slider, Switch, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OptionSpec } from '@/protocol/options.ts';
import { useFormat } from '../format.ts';
import { Help, Mark } from './field-label.tsx';
import styles from './option-form.module.css';

interface FieldProps<T> {
  label: string;
  /** May be empty. */
  help: string;
  disabled: boolean;
  /** Stands out: something set it. */
  marked: boolean;
  value: T;
  onChange(value: T): void;
}
type NumberSpec = Extract<OptionSpec, { type: 'integer' | 'number' }>;

/** Typing has come to rest after so many milliseconds. */
const REST = 400;

interface LabelledProps {
  id: string;
  label: string;
  help: string;
  marked: boolean;
  /** Over two columns. */
  wide?: boolean;
  children: ReactNode;
}

/** A name over its field, with its help behind a question mark. */
function Labelled({ id, label, help, marked, wide = false, children }: LabelledProps) {
  return (
    <div className={wide ? styles.double : styles.field}>
      <div className={styles.label}>
        <label htmlFor={id}>{label}</label>
        <Help label={label} help={help} />
        <Mark on={marked} />
      </div>
      {children}
    </div>
  );
}

/** What is being typed, until it rests or is left; a value from outside replaces it. */
function useDraft<T>(value: T, onChange: (value: T) => void) {
  const [draft, setDraft] = useState<T>(value);
  useEffect(() => setDraft(value), [value]);
  const settle = useDebouncedCallback((next: T) => {
    if (next !== value) onChange(next);
  }, REST);
  return { draft, setDraft, settle };
}

export function NumberField({
  spec,
  value,
  onChange,
  label,
  help,
  disabled,
  marked,
}: FieldProps<number> & { spec: NumberSpec }) {
  const { t } = useTranslation('option');
  const format = useFormat();
  const id = useId();
  const { draft, setDraft, settle } = useDraft<number | string>(value, (next) => onChange(Number(next)));
  const fits = typeof draft === 'number' && draft >= spec.min && draft <= spec.max;
  return (
    <Labelled id={id} label={label} help={help} marked={marked}>
      <NumberInput
        id={id}
        value={draft}
        min={spec.min}
        max={spec.max}
        step={spec.type === 'integer' ? (spec.step ?? 1) : 0.01}
        allowDecimal={spec.type === 'number'}
        decimalSeparator={format.decimalSeparator}
        allowedDecimalSeparators={['.', ',']}
        clampBehavior="none"
        disabled={disabled}
        error={!fits && t('between', { min: format.number(spec.min, 6), max: format.number(spec.max, 6) })}
        onChange={(next) => {
          setDraft(next);
          if (typeof next === 'number' && next >= spec.min && next <= spec.max) settle(next);
        }}
        onBlur={() => (fits ? settle.flush() : setDraft(value))}
      />
    </Labelled>
  );
}

/** "3e-4", "0,0003" and "0.0003" are the same number. */
export const parseNumber = (text: string): number => (text.trim() ? Number(text.trim().replace(',', '.')) : Number.NaN);

/** A slider over powers of ten, and the number itself to type. */
export function LogField({
  spec,
  value,
  onChange,
  label,
  help,
  disabled,
  marked,
}: FieldProps<number> & { spec: NumberSpec }) {
  const { t } = useTranslation('option');
  const format = useFormat();
  const id = useId();
  const { draft, setDraft, settle } = useDraft(format.rate(value), (text) => onChange(parseNumber(text)));
  const parsed = parseNumber(draft);
  const fits = parsed >= spec.min && parsed <= spec.max;
  return (
    <div className={styles.wide}>
      <div className={styles.labelRow}>
        <div className={styles.label}>
          <label htmlFor={id}>{label}</label>
          <Help label={label} help={help} />
          <Mark on={marked} />
        </div>
        <TextInput
          id={id}
          size="xs"
          w={92}
          inputMode="decimal"
          className="num"
          value={draft}
          disabled={disabled}
          error={!fits}
          onChange={({ currentTarget }) => {
            setDraft(currentTarget.value);
            const typed = parseNumber(currentTarget.value);
            if (typed >= spec.min && typed <= spec.max) settle(currentTarget.value);
          }}
          onBlur={() => {
            settle.flush();
            setDraft(format.rate(fits ? parsed : value));
          }}
        />
      </div>
      <Slider
        thumbLabel={label}
        min={Math.log10(spec.min)}
        max={Math.log10(spec.max)}
        step={0.05}
        value={Math.log10(fits ? parsed : value)}
        disabled={disabled}
        size={4}
        thumbSize={18}
        label={(power) => format.rate(twoDigits(10 ** power))}
        onChange={(power) => setDraft(format.rate(twoDigits(10 ** power)))}
        onChangeEnd={(power) => onChange(twoDigits(10 ** power))}
      />
      <div className={styles.ends}>
        <span>{format.rate(spec.min)}</span>
        {!fits && (
          <span className={styles.error}>
            {parsed > 0 ? t('between', { min: format.rate(spec.min), max: format.rate(spec.max) }) : t('positive')}
          </span>
        )}
        <span>{format.rate(spec.max)}</span>
      </div>
    </div>
  );
}

/** 3.1623e-4 as 3.2e-4: a slider promises no more. */
const twoDigits = (value: number): number => Number(value.toPrecision(2));

/** Choices of more letters need two columns. */
const LONG = 14;

interface Choice {
  value: string;
  label: string;
}

export function ChoiceField({
  choices,
  value,
  onChange,
  label,
  help,
  disabled,
  marked,
}: FieldProps<string> & { choices: Choice[] }) {
  const id = useId();
  return (
    <Labelled
      id={id}
      label={label}
      help={help}
      marked={marked}
      wide={choices.some((choice) => choice.label.length > LONG)}
    >
      <Select id={id} data={choices} value={value} disabled={disabled} onChange={(next) => next && onChange(next)} />
    </Labelled>
  );
}

/** Told when the field is left, or Enter is pressed. */
export function TextField({ value, onChange, label, help, disabled, marked }: FieldProps<string>) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const settle = () => typed !== value && onChange(typed);
  return (
    <Labelled id={id} label={label} help={help} marked={marked} wide>
      <TextInput
        id={id}
        value={typed}
        disabled={disabled}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={settle}
        onKeyDown={(event) => event.key === 'Enter' && settle()}
      />
    </Labelled>
  );
}

export function SwitchField({ value, onChange, label, help, disabled, marked }: FieldProps<boolean>) {
  const id = useId();
  return (
    <div className={`${styles.wide} ${styles.switch}`}>
      <div className={styles.label}>
        <label htmlFor={id}>{label}</label>
        <Help label={label} help={help} />
        <Mark on={marked} />
      </div>
      <Switch
        id={id}
        checked={value}
        disabled={disabled}
        withThumbIndicator={false}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    </div>
  );
}
