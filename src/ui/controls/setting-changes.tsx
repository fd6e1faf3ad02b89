import { IconArrowNarrowRight } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { OptionValue } from '@/protocol/options.ts';
import type { Change } from '@/session/changes.ts';
import { useFormat } from '../format.ts';
import styles from './setting-changes.module.css';

/** An option that came with the method, and names nothing, says nothing. */
const says = ({ from, to }: Change): boolean => from !== undefined || !(Array.isArray(to) && to.length === 0);

/** A row of settings that become others: "Learning rate 3e-3 → 3e-4". */
export function SettingChanges({ changes }: { changes: readonly Change[] }) {
  const { t } = useTranslation('option');
  const write = useSettingValue();
  return (
    <ul className={styles.changes}>
      {changes.filter(says).map((change) => (
        <li key={change.name} className={styles.change}>
          <span>{t(`${change.name}.label`, { defaultValue: change.name })}</span>{' '}
          {change.from !== undefined && (
            <>
              <span className={`${styles.from} num`}>{write(change.name, change.from)}</span>{' '}
              <IconArrowNarrowRight size={14} aria-label={t('becomes')} />{' '}
            </>
          )}
          <b className="num">{change.to === undefined ? '–' : write(change.name, change.to)}</b>
        </li>
      ))}
    </ul>
  );
}

/** A setting's value as the page writes it; the same function as long as the language is. */
export function useSettingValue(): (name: string, value: OptionValue) => string {
  const { t, i18n } = useTranslation(['option', 'model']);
  const format = useFormat();
  return useCallback(
    (name, value) => {
      if (typeof value === 'boolean') return t(value ? 'option:on' : 'option:off');
      if (typeof value === 'object') return value.join(', ');
      if (typeof value === 'number') return name === 'learningRate' ? format.rate(value) : format.number(value, 4);
      if (name === 'method') return t(`model:method.${value}.name`, { defaultValue: value });
      // a choice has words; a text stands for itself
      const key = `option:${name}.choice.${value}`;
      if (/^[\w-]+$/.test(value) && i18n.exists(key)) return t(key);
      return value || '–';
    },
    [t, i18n, format],
  );
}
