import { Suspense } from 'react';
import type { RunRecord } from '@/session/store.ts';
import { later } from '@/ui/later.ts';
import { Waiting } from '../inside/waiting.tsx';

const ProfileCard = later(async () => (await import('./profile-card.tsx')).ProfileCard);

/** Where a step's time goes, of a run that has steps; fetched when one is shown. */
export function ProfilePanel({ run }: { run: RunRecord }) {
  if (run.imported || run.settings.method.id === 'prompt-design') return null;
  return (
    <Suspense fallback={<Waiting />}>
      <ProfileCard run={run} />
    </Suspense>
  );
}
