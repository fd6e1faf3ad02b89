import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Lean } from '@/protocol/lean.ts';
import { Note } from '../controls/note.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { usePlan } from './use-plan.ts';

/** The run would take more memory than there is: what learns the same with less, one click each. */
export function TightNote() {
  const { t } = useTranslation('model');
  const format = useFormat();
  const { set } = useActions();
  const settings = useStudio((state) => state.settings);
  const { plan, chosen } = usePlan() ?? {};
  if (!plan?.tight || !chosen) return null;
  const { roomBytes, ways } = plan.tight;
  const lean = ({ batchSize, accumulate, gradientCheckpointing }: Lean) =>
    void set({ batchSize, accumulate, gradientCheckpointing });
  return (
    <Note
      tone="warn"
      role="status"
      title={t('tight.title', { needs: format.bytes(chosen.memoryBytes), room: format.bytes(roomBytes) })}
      actions={
        ways.length > 0 &&
        ways.map((way) => (
          <Button key={`${way.batchSize} ${way.gradientCheckpointing}`} size="xs" onClick={() => lean(way)}>
            {[
              way.batchSize !== settings.batchSize && t('tight.batch', { size: way.batchSize, count: way.accumulate }),
              way.gradientCheckpointing !== settings.gradientCheckpointing && t('tight.again'),
            ]
              .filter(Boolean)
              .join(' + ')}
            {` ≈ ${format.bytes(way.memoryBytes)}`}
          </Button>
        ))
      }
    >
      {t(ways.length > 0 ? 'tight.ways' : 'tight.none')}
    </Note>
  );
}
