import type { OptionSpec, OptionValue } from '@/protocol/options.ts';
import type { Layout } from '@/protocol/text.ts';
import { Card } from '../controls/card.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { OptionForm } from '../controls/option-form.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import { useMarked } from './set-up-note.tsx';
import { useTask } from './use-task.ts';

/** Options that do nothing on such rows: a text alone has no question to be told from its answer. */
const IDLE: Partial<Record<Layout, readonly string[]>> = { plain: ['template', 'answerOnly'] };

/** How the examples are put before the model: what only models of this task are asked. */
export function TaskCard() {
  const { t } = useKindTranslation('model');
  const { options } = useTask();
  const values = useStudio((state) => state.settings.task);
  const limit = useStudio(({ model }) => (model?.input.kind === 'text' ? model.input.maxLength : undefined));
  const layout = useStudio(({ dataset }) => (dataset?.kind === 'text' ? dataset.mapping.layout : undefined));
  const marked = useMarked();
  const { set } = useActions();
  const idle = (layout && IDLE[layout]) ?? [];
  const specs = options
    .filter(({ name }) => !idle.includes(name))
    .map(
      (spec): OptionSpec =>
        spec.name === 'maxLength' && spec.type === 'integer' && limit !== undefined
          ? { ...spec, max: Math.min(spec.max, limit) }
          : spec,
    );
  if (specs.length === 0) return null;
  const change = (name: string, value: OptionValue) => void set({ task: { ...values, [name]: value } });
  return (
    <Card title={t('task.title')}>
      <OptionForm specs={specs} values={values} onChange={change} marked={marked} />
    </Card>
  );
}
