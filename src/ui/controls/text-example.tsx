import { useEffect, useState } from 'react';
import type { TextRow } from '@/protocol/text.ts';
import { useActions, useStudio } from '../studio-context.tsx';

/** An example of the open texts, cut short for a list; undefined until it is here. */
export function useText(id: number): TextRow | undefined {
  const { text } = useActions();
  return useRow(id, text);
}

/** The same uncut. */
export function useWholeText(id: number): TextRow | undefined {
  const { wholeText } = useActions();
  return useRow(id, wholeText);
}

function useRow(id: number, get: (id: number) => Promise<TextRow>): TextRow | undefined {
  const dataset = useStudio((state) => state.dataset?.id);
  const [found, setFound] = useState<{ row: TextRow; of: string | undefined }>();
  useEffect(() => {
    let shown = true;
    get(id).then(
      (row) => shown && setFound({ row, of: dataset }),
      () => {},
    );
    return () => {
      shown = false;
    };
  }, [get, dataset, id]);
  return found?.row.id === id && found.of === dataset ? found.row : undefined;
}

/** What stands before the answer, and the answer: the last message that the model is to learn to write. */
export function promptAndAnswer({ messages = [] }: TextRow): { prompt: string; answer: string } {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const before = messages.slice(0, Math.max(0, last));
  return {
    prompt: before.map(({ content }) => content).join('\n'),
    answer: messages[last]?.content ?? '',
  };
}

/** Everything that an example says, in a line. */
export function plainText(row: TextRow): string {
  const parts = row.messages ? row.messages.map(({ content }) => content) : [row.text ?? '', row.pair ?? ''];
  return parts.filter(Boolean).join(' · ');
}
