import type { ReactNode } from 'react';
import type { Problem, Severity } from '@/protocol/problems.ts';
import { Note, type NoteTone } from './note.tsx';
import { useProblemWords } from './problem-words.ts';

const TONES: Record<Severity, NoteTone> = { error: 'bad', warning: 'warn', note: 'neutral' };

interface ProblemNoteProps {
  problem: Problem;
  /** Ways on: small buttons. */
  actions?: ReactNode;
}

/** A problem as sentences: what happened and where in bold, then what is safe and what to do. */
export function ProblemNote({ problem, actions }: ProblemNoteProps) {
  const { what, next } = useProblemWords()(problem);
  return (
    <Note
      tone={TONES[problem.severity]}
      title={what}
      actions={actions}
      role={problem.severity === 'error' ? 'alert' : undefined}
    >
      {next}
    </Note>
  );
}

/** The first sentence only, for the reason beside what is disabled. */
export function ProblemReason({ problem }: { problem: Problem }) {
  return useProblemWords()(problem).what;
}
