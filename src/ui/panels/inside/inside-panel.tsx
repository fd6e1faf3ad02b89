import { Suspense } from 'react';
import type { RunRecord } from '@/session/store.ts';
import { later } from '@/ui/later.ts';
import { Waiting } from './waiting.tsx';

const InsideCard = later(async () => (await import('./inside-card.tsx')).InsideCard);

/** The heat map of a run that is looked inside of, fetched when one is shown. */
export function InsidePanel({ run }: { run: RunRecord }) {
  if (run.imported || !(run.settings.inside || run.inside)) return null;
  return (
    <Suspense fallback={<Waiting />}>
      <InsideCard run={run} />
    </Suspense>
  );
}
