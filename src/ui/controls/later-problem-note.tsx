import { type ComponentProps, Suspense } from 'react';
import { later } from '../later.ts';
import type { ProblemNote } from './problem-note.tsx';

const Note = later(async () => (await import('./problem-note.tsx')).ProblemNote);

/** A problem on what is there before the words of problems are. */
export function LaterProblemNote(props: ComponentProps<typeof ProblemNote>) {
  return (
    <Suspense>
      <Note {...props} />
    </Suspense>
  );
}
