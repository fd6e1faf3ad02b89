import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Screen } from '@/session/store.ts';
import { StartScreen } from '../start/start-screen.tsx';

/**
 * Every screen but the first loads when it is shown: `ui/<screen>/<screen>-screen.tsx`, whose one export ending in
 * `Screen` is the component.
 */
const files = import.meta.glob<Record<string, ComponentType>>('../*/*-screen.tsx');

const later = (id: Screen): LazyExoticComponent<ComponentType> =>
  lazy(async () => {
    const loaded = (await files[`../${id}/${id}-screen.tsx`]?.()) ?? {};
    const name = Object.keys(loaded).find((key) => key.endsWith('Screen'));
    return { default: (name && loaded[name]) || (() => null) };
  });

export const SCREEN_COMPONENTS: Record<Screen, ComponentType> = {
  start: StartScreen,
  data: later('data'),
  model: later('model'),
  train: later('train'),
  evaluate: later('evaluate'),
  export: later('export'),
};

/** Fetches the other screens' code while nothing else happens, so that a step does not wait for it. */
export function preloadScreens(): void {
  for (const load of Object.values(files)) void load();
}
