import type { ComponentType } from 'react';
import type { RunRecord } from '@/session/store.ts';
import { CheckpointsCard } from './checkpoints/checkpoints-card.tsx';
import { ContinualCard } from './continual/continual-card.tsx';
import { CuresCard } from './cures/cures-card.tsx';
import { CurvesCard } from './curves/curves-card.tsx';
import { EarlyStoppingCard } from './early-stopping/early-stopping-card.tsx';
import { ForgettingCard } from './forgetting/forgetting-card.tsx';
import { InsidePanel } from './inside/inside-panel.tsx';
import { LearningRateCard } from './learning-rate/learning-rate-card.tsx';
import { LogCard } from './log/log-card.tsx';
import { MapPanel } from './map/map-panel.tsx';
import { WhatNext } from './next/what-next.tsx';
import { ProfilePanel } from './profile/profile-panel.tsx';
import { PromptCard } from './prompt/prompt-card.tsx';
import { QueueCard } from './queue/queue-card.tsx';
import { RepeatabilityCard } from './repeatability/repeatability-card.tsx';
import { RunsCard } from './runs/runs-card.tsx';
import { SamplesCard } from './samples/samples-card.tsx';
import { SeriesCard } from './series/series-card.tsx';
import { SteeringCard } from './steering/steering-card.tsx';
import { TwinCard } from './twin/twin-card.tsx';

/** A chart or teaching panel of Train: a folder, and a line here. */
interface Panel {
  /** `below` comes after the rail where there is one column: what is done to a run comes before what is looked at of it. */
  place: 'main' | 'rail' | 'below';
  Component: ComponentType<{ run: RunRecord }>;
}

/** In the order in which they stand. */
export const PANELS = {
  curves: { place: 'main', Component: CurvesCard },
  forgetting: { place: 'rail', Component: ForgettingCard },
  continual: { place: 'rail', Component: ContinualCard },
  cures: { place: 'rail', Component: CuresCard },
  inside: { place: 'below', Component: InsidePanel },
  map: { place: 'below', Component: MapPanel },
  profile: { place: 'below', Component: ProfilePanel },
  samples: { place: 'rail', Component: SamplesCard },
  prompt: { place: 'rail', Component: PromptCard },
  series: { place: 'rail', Component: SeriesCard },
  next: { place: 'rail', Component: WhatNext },
  twin: { place: 'rail', Component: TwinCard },
  queue: { place: 'rail', Component: QueueCard },
  'early-stopping': { place: 'rail', Component: EarlyStoppingCard },
  'learning-rate': { place: 'rail', Component: LearningRateCard },
  steering: { place: 'rail', Component: SteeringCard },
  checkpoints: { place: 'rail', Component: CheckpointsCard },
  log: { place: 'rail', Component: LogCard },
  runs: { place: 'rail', Component: RunsCard },
  repeatability: { place: 'rail', Component: RepeatabilityCard },
} as const satisfies Record<string, Panel>;

export const panelsAt = (place: Panel['place']): [string, Panel['Component']][] =>
  Object.entries<Panel>(PANELS)
    .filter(([, panel]) => panel.place === place)
    .map(([id, panel]) => [id, panel.Component]);
