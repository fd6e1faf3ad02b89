import { Tooltip } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './option-form.module.css';

/** What a field means, behind a question mark. */
export function Help({ label, help }: { label: string; help: string }) {
  const { t } = useTranslation('option');
  if (!help) return null;
  return (
    <Tooltip label={help} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={styles.help} aria-label={t('about', { name: label })}>
        <IconHelpCircle size={14} stroke={1.75} />
        <span className="visually-hidden">{help}</span>
      </button>
    </Tooltip>
  );
}

/** Says of a field that something set it. */
export function Mark({ on }: { on: boolean }) {
  const { t } = useTranslation('option');
  return on && <span className={styles.mark}>{t('changed')}</span>;
}
