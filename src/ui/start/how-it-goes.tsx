import { useTranslation } from 'react-i18next';
import { STEPS } from '../shell/steps.ts';
import styles from './how-it-goes.module.css';

/** The five steps in a sentence each, for a first visit. */
export function HowItGoes() {
  const { t } = useTranslation('start');
  return (
    <section aria-labelledby="how-it-goes">
      <h2 id="how-it-goes" className={styles.title}>
        {t('steps.title')}
      </h2>
      <ol className={styles.steps}>
        {STEPS.map(({ id, Icon }) => (
          <li key={id}>
            <Icon size={20} stroke={1.75} aria-hidden="true" />
            <b>{t(`shell:step.${id}`)}</b>
            <span className="small muted">{t(`steps.${id}`)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
