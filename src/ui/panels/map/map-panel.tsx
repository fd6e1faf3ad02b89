import { Suspense } from 'react';
import type { RunRecord } from '@/session/store.ts';
import { later } from '@/ui/later.ts';
import { Waiting } from '../inside/waiting.tsx';

const MapCard = later(async () => (await import('./map-card.tsx')).MapCard);

/** The map of what the head reads, of a run that is looked inside of; fetched when one is shown. */
export function MapPanel({ run }: { run: RunRecord }) {
  if (run.imported || !(run.settings.inside || run.map)) return null;
  return (
    <Suspense fallback={<Waiting />}>
      <MapCard run={run} />
    </Suspense>
  );
}
