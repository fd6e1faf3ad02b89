import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStudio } from '../studio-context.tsx';
import { BackendMenu } from './backend-menu.tsx';
import { ForkMark } from './fork-mark.tsx';
import { LanguageMenu, SchemeToggle } from './preferences.tsx';
import { hrefOf } from './route.ts';
import styles from './shell.module.css';

/** 56 px: the sign and the dataset, the steps, what it computes on, language and scheme. */
export function TopBar({ steps }: { steps: ReactNode }) {
  const { t } = useTranslation('shell');
  const dataset = useStudio((state) => state.dataset?.name);
  return (
    <header className={styles.bar}>
      <div className={styles.brand}>
        <a href={hrefOf('start')} className={styles.home} aria-label={t('home')}>
          <ForkMark />
          <b data-short={dataset ? true : undefined}>{t('name')}</b>
        </a>
        {dataset && (
          <>
            <IconChevronRight size={14} className={styles.divider} aria-hidden="true" />
            <a href={hrefOf('data')} className={styles.dataset} title={dataset}>
              {dataset}
            </a>
          </>
        )}
      </div>
      {steps}
      <div className={styles.right}>
        <BackendMenu />
        <LanguageMenu />
        <SchemeToggle />
      </div>
    </header>
  );
}
