import { useTranslation } from 'react-i18next';
import type { StepProfile } from '@/protocol/step-profile.ts';
import { useFormat } from '@/ui/format.ts';
import styles from './profile.module.css';

/** What lies in memory while a step is at its fullest, and what a step is given. */
export function Bytes({ profile: { bytes } }: { profile: StepProfile }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const { weights, gradients, optimizer, cache, peak, batch } = bytes;
  const rest = Math.max(0, peak - weights - gradients - optimizer - cache);
  const parts = Object.entries({ peak, weights, gradients, optimizer, cache, rest, batch } as const).filter(
    ([name, value]) => name !== 'cache' || value > 0,
  );
  return (
    <div>
      <h3 className={styles.heading}>{t('bytes.title')}</h3>
      <dl className={styles.bytes}>
        {parts.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`bytes.${name}`)}</dt>
            <dd>{format.bytes(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
