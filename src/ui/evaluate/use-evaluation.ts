import { useCallback, useEffect, useRef, useState } from 'react';
import { useActions } from '../studio-context.tsx';

/** Evaluates a run once on entering, where there is something to evaluate on; `evaluate` does it again. */
export function useEvaluation(run: string, done: boolean, possible: boolean): { busy: boolean; evaluate(): void } {
  const actions = useActions();
  const [busy, setBusy] = useState(possible && !done);
  const asked = useRef<string>(undefined);
  const evaluate = useCallback(async () => {
    setBusy(true);
    await actions.evaluate();
    setBusy(false);
  }, [actions]);
  useEffect(() => {
    if (done || !possible || asked.current === run) return;
    asked.current = run;
    void evaluate();
  }, [run, done, possible, evaluate]);
  return { busy, evaluate: () => void evaluate() };
}
