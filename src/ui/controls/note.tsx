import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './note.module.css';

export type NoteTone = 'neutral' | 'good' | 'warn' | 'bad' | 'info';

interface NoteProps {
  tone?: NoteTone;
  icon?: ReactNode;
  /** Bold, before the rest. */
  title?: ReactNode;
  /** Buttons under the words. */
  actions?: ReactNode;
  /** `alert` where it came up by itself. */
  role?: 'alert' | 'status' | undefined;
  children?: ReactNode;
}

const ICONS = {
  neutral: <IconInfoCircle size={16} />,
  info: <IconInfoCircle size={16} />,
  good: <IconCheck size={16} />,
  warn: <IconAlertTriangle size={16} />,
  bad: <IconAlertTriangle size={16} />,
};

/** A tinted sentence or two, with an icon. */
export function Note({ tone = 'neutral', icon = ICONS[tone], title, actions, role, children }: NoteProps) {
  return (
    <div className={styles.note} data-tone={tone} role={role}>
      <span className={styles.icon}>{icon}</span>
      <div className={styles.words}>
        {title && <b>{title} </b>}
        {children}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
