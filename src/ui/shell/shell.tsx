import { Skeleton } from '@mantine/core';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Screen } from '@/session/store.ts';
import { Page } from '../controls/page.tsx';
import { useStudio } from '../studio-context.tsx';
import { Banners, Reading } from './banners.tsx';
import { DropAnywhere } from './drop-anywhere.tsx';
import { useRoute } from './route.ts';
import { preloadScreens, SCREEN_COMPONENTS } from './screens.tsx';
import styles from './shell.module.css';
import { StepNav, TabBar } from './step-nav.tsx';
import { TopBar } from './top-bar.tsx';

/** Camera and questions about files: dialogs that load when the first is needed. */
const DataDialogs = lazy(() => import('../data/data-dialogs.tsx'));

/** The bar, the screen, and what floats over every screen. */
export function Shell() {
  const { t } = useTranslation('shell');
  const screen = useRoute();
  const Screen = SCREEN_COMPONENTS[screen];
  const asking = useStudio(({ asked, camera }) => asked !== undefined || camera !== undefined);
  useEffect(() => {
    const timer = setTimeout(preloadScreens, 1500);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    document.title = screen === 'start' ? t('name') : `${t(`step.${screen}`)} · ${t('name')}`;
  }, [screen, t]);
  return (
    <>
      <button type="button" className={styles.skip} onClick={() => document.getElementById('main')?.focus()}>
        {t('skip')}
      </button>
      <TopBar steps={<StepNav screen={screen} />} />
      <Banners />
      <main id="main" tabIndex={-1} className={styles.main}>
        <Suspense fallback={<Waiting />}>
          <Screen />
          <Arrival key={screen} screen={screen} />
        </Suspense>
      </main>
      <TabBar screen={screen} />
      <Reading />
      {asking && (
        <Suspense>
          <DataDialogs />
        </Suspense>
      )}
      <DropAnywhere />
    </>
  );
}

let arrivedBefore = false;
/** A new screen begins at its top, with its title read out. */
function Arrival({ screen }: { screen: Screen }) {
  useEffect(() => {
    if (arrivedBefore) {
      scrollTo(0, 0);
      document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    }
    arrivedBefore = true;
  }, [screen]);
  return null;
}

function Waiting() {
  return (
    <Page title={<Skeleton height={30} width={280} />}>
      <Skeleton height={320} radius={12} />
    </Page>
  );
}
