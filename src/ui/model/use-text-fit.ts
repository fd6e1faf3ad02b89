import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { TextFit } from '@/protocol/text.ts';
import { taskOf, taskOfModel } from '@/session/defaults.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { useTask } from './use-task.ts';

/** Milliseconds without a change before the texts are measured again. */
const REST = 300;

/** How the open texts look to the chosen model under the settings as they stand; the last answer stays until the next is there. */
export function useTextFit(): TextFit | undefined {
  const { textFit } = useActions();
  const dataset = useStudio((state) => state.dataset);
  const model = useStudio((state) => state.settings.model);
  const options = useStudio((state) => state.settings.task);
  const [task] = useDebouncedValue(options, REST);
  // while a model loads, and a moment longer here, the options may still be those of another task
  const wanted = useTask();
  const own = useStudio(({ imported }) => taskOfModel(model, imported));
  const ready = wanted.input === 'text' && taskOf({ task }) === wanted && own === wanted.id;
  const [found, setFound] = useState<{ fit: TextFit; of: string }>();
  const of = `${dataset?.id}/${model.id}`;
  useEffect(() => {
    if (!ready) return;
    let shown = true;
    textFit({ model, task }).then(
      (fit) => shown && setFound({ fit, of }),
      // what keeps the model from being opened is said above
      () => shown && setFound(undefined),
    );
    return () => {
      shown = false;
    };
  }, [textFit, dataset, model, task, ready, of]);
  return found?.of === of ? found.fit : undefined;
}
