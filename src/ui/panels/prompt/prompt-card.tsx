import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import styles from './prompt.module.css';

/** What a run that learns by prompt put before every question: it is all that such a run learned. */
export function PromptCard({ run: { settings } }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const { preamble } = settings.task;
  if (settings.method.id !== 'prompt-design' || !preamble) return null;
  return (
    <Card title={t('prompt.title')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className={styles.text} tabIndex={0} aria-label={t('prompt.title')} dir="auto">
        {String(preamble)}
      </section>
      <p className="tiny faint">{t('prompt.how')}</p>
    </Card>
  );
}
