import { Skeleton } from '@mantine/core';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Screen } from '@/session/store.ts';
import { Page } from '../controls/page.tsx';
import { later } from '../later.ts';
import { useStudio } from '../studio-context.tsx';
import { Banners, Reading } from './banners.tsx';
import { DropAnywhere } from './drop-anywhere.tsx';
import { useLink } from './link.ts';
import { useRoute } from './route.ts';
import { preloadScreens, SCREEN_COMPONENTS } from './screens.tsx';
import styles from './shell.module.css';
import { StepNav, TabBar } from './step-nav.tsx';
import { TopBar } from './top-bar.tsx';

/** Camera and questions about files: dialogs that load when the first is needed. */
const DataDialogs = later(async () => (await import('../data/data-dialogs.tsx')).DataDialogs);

/** Asks about the set-up that a link carries. */
const SetUpDialog = later(async () => (await import('../setup-link/set-up-dialog.tsx')).SetUpDialog);

/** The bar, the screen, and what floats over every screen. */
export function Shell() {
  const { t } = useTranslation('shell');
  const screen = useRoute();
  const Screen = SCREEN_COMPONENTS[screen];
  const asking = useStudio(({ asked, camera }) => asked !== undefined || camera !== undefined);
  const [link, closeLink] = useLink();
  // before a class there is one chart and nothing around it
  const bare = screen === 'present';
  const started = useStudio(({ backend }) => backend !== undefined);
  // the engine is fetched first, however slow the line
  useEffect(() => {
    if (!started) return;
    const timer = setTimeout(preloadScreens, 1000);
    return () => clearTimeout(timer);
  }, [started]);
  useEffect(() => {
    document.title = screen === 'start' ? t('name') : `${t(`step.${screen}`)} · ${t('name')}`;
  }, [screen, t]);
  return (
    <>
      <button type="button" className={styles.skip} onClick={() => document.getElementById('main')?.focus()}>
        {t('skip')}
      </button>
      {!bare && <TopBar steps={<StepNav screen={screen} />} />}
      {!bare && <Banners />}
      <main id="main" tabIndex={-1} className={styles.main} data-screen={screen}>
        <Suspense fallback={<Waiting />}>
          <Screen />
          <Arrival key={screen} screen={screen} />
        </Suspense>
      </main>
      {!bare && <TabBar screen={screen} />}
      {!bare && <Reading />}
      {link !== undefined && (
        <Suspense>
          <SetUpDialog link={link} onClose={closeLink} />
        </Suspense>
      )}
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
