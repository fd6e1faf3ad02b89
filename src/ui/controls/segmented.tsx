import { SegmentedControl } from '@mantine/core';
import styles from './segmented.module.css';

interface SegmentedProps<T extends string> {
  /** Read out before the choices. */
  label: string;
  value: T;
  onChange(value: T): void;
  options: readonly { value: T; label: string; disabled?: boolean }[];
}

/** Two to four choices in a row, of which one holds. */
export function Segmented<T extends string>({ label, value, onChange, options }: SegmentedProps<T>) {
  return (
    <SegmentedControl
      aria-label={label}
      size="xs"
      value={value}
      onChange={onChange}
      data={[...options]}
      classNames={{ root: styles.root ?? '', indicator: styles.indicator ?? '', label: styles.label ?? '' }}
      transitionDuration={120}
    />
  );
}
