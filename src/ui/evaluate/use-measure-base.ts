import { useState } from 'react';
import type { Progress } from '@/session/store.ts';
import { useActions, useStudio } from '../studio-context.tsx';

/** Measures the model before training on the test set; the progress while that goes on. */
export function useMeasureBase(): { progress: Omit<Progress, 'task'> | undefined; measure(): Promise<void> } {
  const actions = useActions();
  const progress = useStudio((state) => state.progress['evaluate-base']);
  const [busy, setBusy] = useState(false);
  return {
    progress: busy ? (progress ?? { done: 0, total: 0, unit: 'items' }) : undefined,
    async measure() {
      setBusy(true);
      await actions.evaluateBase();
      setBusy(false);
    },
  };
}
