import { IconChartLine, IconDatabase, IconDownload, IconScale, IconStack2, type TablerIcon } from '@tabler/icons-react';
import { isOver } from '@/protocol/run.ts';
import type { Screen, StudioState } from '@/session/store.ts';
import { useStudio } from '../studio-context.tsx';

export type StepId = Exclude<Screen, 'start' | 'compare' | 'lessons' | 'present' | 'bench'>;
/** `live` while a run goes on, `done` once there is something to show. */
export type StepState = 'open' | 'done' | 'live';

export const STEPS: readonly { id: StepId; Icon: TablerIcon }[] = [
  { id: 'data', Icon: IconDatabase },
  { id: 'model', Icon: IconStack2 },
  { id: 'train', Icon: IconChartLine },
  { id: 'evaluate', Icon: IconScale },
  { id: 'export', Icon: IconDownload },
];

export function stepState(id: StepId, state: StudioState): StepState {
  const run = state.currentRun ? state.runs[state.currentRun] : undefined;
  const done = {
    data: Boolean(state.dataset),
    model: Boolean(run),
    train: Boolean(run && isOver(run.status.phase)),
    evaluate: Boolean(run?.evaluation),
    export: Boolean(run?.exported),
  };
  if (id === 'train' && Object.values(state.runs).some(({ status }) => !isOver(status.phase))) return 'live';
  return done[id] ? 'done' : 'open';
}

export const useStepState = (id: StepId): StepState => useStudio((state) => stepState(id, state));
