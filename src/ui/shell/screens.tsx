import type { ComponentType } from 'react';
import type { Screen } from '@/session/store.ts';
import { loadWords } from '../i18n.ts';
import { later } from '../later.ts';
import { StartScreen } from '../start/start-screen.tsx';

/** Every screen but the first loads when it is shown. */
const LOADS = {
  data: async () => (await import('../data/data-screen.tsx')).DataScreen,
  model: async () => (await import('../model/model-screen.tsx')).ModelScreen,
  train: async () => (await import('../train/train-screen.tsx')).TrainScreen,
  evaluate: async () => (await import('../evaluate/evaluate-screen.tsx')).EvaluateScreen,
  export: async () => (await import('../export/export-screen.tsx')).ExportScreen,
  compare: async () => (await import('../compare/compare-screen.tsx')).CompareScreen,
  lessons: async () => (await import('../lessons/lessons-screen.tsx')).LessonsScreen,
  present: async () => (await import('../present/present-screen.tsx')).PresentScreen,
  bench: async () => (await import('../bench/bench-screen.tsx')).BenchScreen,
};

export const SCREEN_COMPONENTS: Record<Screen, ComponentType> = {
  start: StartScreen,
  data: later(LOADS.data),
  model: later(LOADS.model),
  train: later(LOADS.train),
  evaluate: later(LOADS.evaluate),
  export: later(LOADS.export),
  compare: later(LOADS.compare),
  lessons: later(LOADS.lessons),
  present: later(LOADS.present),
  bench: later(LOADS.bench),
};

/** Fetches the other screens' code and words while nothing else happens, so that a step does not wait for them. */
export function preloadScreens(): void {
  void loadWords();
  for (const load of Object.values(LOADS)) void load();
}
