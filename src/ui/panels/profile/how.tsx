import { useTranslation } from 'react-i18next';
import type { StepProfile } from '@/protocol/step-profile.ts';
import { ratesOf, roundedMs } from '@/session/step-figures.ts';
import styles from './profile.module.css';
import { useFlops } from './words.ts';

/** What was measured and what was counted, and where the words come from. */
export function How({ profile }: { profile: StepProfile }) {
  const { t } = useTranslation('profile');
  const flops = useFlops();
  const { inPlace, steps, clock, flops: counted, uncounted, peak } = profile;
  return (
    <details className={styles.more}>
      <summary>{t('how.title')}</summary>
      <div className={styles.how}>
        <p>
          {t(inPlace ? 'how.inPlace' : 'how.apart', steps)} {steps.timed > 1 && t('how.half')}
        </p>
        <p>
          {t(`how.${clock}`)} {roundedMs(profile) !== undefined && t('how.rounded')}
        </p>
        <p>
          {t('how.counted', {
            flops: flops.work(ratesOf(profile).flops),
            forward: flops.work(counted.forward),
            backward: flops.work(counted.backward),
          })}{' '}
          {uncounted && t('how.uncounted')}
        </p>
        <p>
          {t('how.mfu')} {t('how.peak', { side: peak.side, peak: flops.rate(peak.flopsPerSecond) })}
        </p>
      </div>
    </details>
  );
}
