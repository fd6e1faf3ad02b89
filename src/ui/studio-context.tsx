import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Actions } from '@/session/actions.ts';
import type { RunRecord, StudioState, StudioStore } from '@/session/store.ts';

interface Studio {
  store: StudioStore;
  actions: Actions;
}
const StudioContext = createContext<Studio | null>(null);

export function StudioProvider({ store, actions, children }: Studio & { children: ReactNode }) {
  return <StudioContext.Provider value={{ store, actions }}>{children}</StudioContext.Provider>;
}

function useContextOrThrow(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error('useStudio outside of StudioProvider');
  return studio;
}

/** A part of the state; re-renders when that part changes. */
export const useStudio = <T,>(select: (state: StudioState) => T): T => useStore(useContextOrThrow().store, select);
/** Several parts of the state by their names; re-renders when one of them changes. */
export const useParts = <K extends keyof StudioState>(...names: K[]): Pick<StudioState, K> =>
  useStudio(
    useShallow((state) => Object.fromEntries(names.map((name) => [name, state[name]])) as Pick<StudioState, K>),
  );
export const useActions = (): Actions => useContextOrThrow().actions;
export const useCurrentRun = (): RunRecord | undefined =>
  useStudio(({ runs, currentRun }) => (currentRun ? runs[currentRun] : undefined));
