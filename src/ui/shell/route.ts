import { useEffect, useRef } from 'react';
import { SCREENS, type Screen } from '@/session/store.ts';
import { useActions, useStudio } from '../studio-context.tsx';

/** Where a screen lives: a real address, so that links, the back button and new tabs work. */
export const hrefOf = (screen: Screen): string => (screen === 'start' ? '#/' : `#/${screen}`);

/** A lesson's own page. */
export const hrefOfLesson = (id: string): string => `${hrefOf('lessons')}/${id}`;

/** A screen may go on in the address with a section of its own: `#/evaluate/groups`. */
export const screenOf = (hash: string): Screen =>
  SCREENS.find((screen) => hash === `#/${screen}` || hash.startsWith(`#/${screen}/`)) ?? 'start';

/** Keeps the address and the state's screen the same, whichever changes. */
export function useRoute(): Screen {
  const screen = useStudio((state) => state.screen);
  const { show } = useActions();
  useEffect(() => {
    const follow = () => show(screenOf(location.hash));
    follow();
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [show]);
  // Only a change is written: at the start the address leads.
  const written = useRef(screen);
  useEffect(() => {
    if (written.current !== screen && screenOf(location.hash) !== screen) history.pushState(null, '', hrefOf(screen));
    written.current = screen;
  }, [screen]);
  return screen;
}
