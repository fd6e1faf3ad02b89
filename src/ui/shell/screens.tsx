import { type ComponentType, lazy } from 'react';
import type { Screen } from '@/session/store.ts';
import { StartScreen } from '../start/start-screen.tsx';

/** Every screen but the first loads when it is shown. */
const later = {
  data: async () => (await import('../data/data-screen.tsx')).DataScreen,
  model: async () => (await import('../model/model-screen.tsx')).ModelScreen,
  train: async () => (await import('../train/train-screen.tsx')).TrainScreen,
  evaluate: async () => (await import('../evaluate/evaluate-screen.tsx')).EvaluateScreen,
  export: async () => (await import('../export/export-screen.tsx')).ExportScreen,
  compare: async () => (await import('../compare/compare-screen.tsx')).CompareScreen,
};
const lazily = (load: () => Promise<ComponentType>) => lazy(async () => ({ default: await load() }));

export const SCREEN_COMPONENTS: Record<Screen, ComponentType> = {
  start: StartScreen,
  data: lazily(later.data),
  model: lazily(later.model),
  train: lazily(later.train),
  evaluate: lazily(later.evaluate),
  export: lazily(later.export),
  compare: lazily(later.compare),
};

/** Fetches the other screens' code while nothing else happens, so that a step does not wait for it. */
export function preloadScreens(): void {
  for (const load of Object.values(later)) void load();
}
