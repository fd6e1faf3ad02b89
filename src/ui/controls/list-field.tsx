import { Checkbox } from '@mantine/core';
import { Help, Mark } from './field-label.tsx';
import styles from './option-form.module.css';

export interface ListItem {
  value: string;
  /** Beside its name. */
  note: string;
  /** What is ticked where nothing was chosen. */
  begins: boolean;
}

interface ListFieldProps {
  label: string;
  /** May be empty. */
  help: string;
  disabled: boolean;
  marked: boolean;
  items: readonly ListItem[];
  /** Nothing stands for what the list begins with. */
  value: readonly string[];
  onChange(value: readonly string[]): void;
}

/** Names to tick. One stays ticked at least. */
export function ListField({ label, help, disabled, marked, items, value, onChange }: ListFieldProps) {
  const ticked = items.filter((item) => (value.length > 0 ? value.includes(item.value) : item.begins));
  const toggle = (one: ListItem) =>
    onChange(items.filter((item) => ticked.includes(item) !== (item === one)).map((item) => item.value));
  return (
    <fieldset className={`${styles.wide} ${styles.list}`}>
      <legend className={styles.label}>
        {label}
        <Help label={label} help={help} />
        <Mark on={marked} />
      </legend>
      {items.map((item) => {
        const last = ticked.length === 1 && ticked[0] === item;
        return (
          <Checkbox
            key={item.value}
            size="xs"
            iconColor="var(--on-primary)"
            checked={ticked.includes(item)}
            disabled={disabled || last}
            onChange={() => toggle(item)}
            label={
              <>
                <b>{item.value}</b> <span className="faint">{item.note}</span>
              </>
            }
          />
        );
      })}
    </fieldset>
  );
}
