import { Skeleton } from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';
import { Trans, useTranslation } from 'react-i18next';
import { METHOD_METAS, type MethodId } from '@/methods/metas.ts';
import type { MethodPlan, PlanSummary } from '@/protocol/model.ts';
import type { OptionSpec } from '@/protocol/options.ts';
import { Card } from '../controls/card.tsx';
import { useInputWords } from '../controls/input-words.ts';
import { Note } from '../controls/note.tsx';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { useHindrance } from './readiness.ts';
import { StageChoice } from './stage-choice.tsx';
import { StageList } from './stage-list.tsx';
import { frozenShare, usePlan } from './use-plan.ts';
import { useTask } from './use-task.ts';

/** The network from its input to its output: what stays and what moves. */
export function StageCard() {
  const { t } = useTranslation('model');
  const format = useFormat();
  const { setMethod } = useActions();
  const method = useStudio((state) => state.settings.method);
  const planned = usePlan();
  const input = useStudio((state) => state.model?.input);
  const takes = useInputWords();
  const output = useOutput();
  const hindrance = useHindrance();
  if (!planned)
    return (
      <Card title={t('stages.title')}>
        {hindrance ? (
          <p className="small muted">{hindrance}</p>
        ) : (
          <div className="stack" style={{ gap: 2 }} aria-busy="true">
            {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
              <Skeleton key={row} height={31} radius={6} />
            ))}
          </div>
        )}
      </Card>
    );
  const { plan, chosen } = planned;
  const frozen = chosen?.frozenStages ?? plan.stages.length;
  const specs: readonly OptionSpec[] = METHOD_METAS[method.id as MethodId]?.options ?? [];
  const list = specs.find((spec) => spec.type === 'list' && spec.of === 'stages');
  const ends = { stages: plan.stages, input: input ? takes(input) : '', output };
  return (
    <Card
      title={t('stages.title')}
      aside={
        chosen && (
          <StatusBadge>
            {t('stages.of', { trainable: format.number(chosen.trainable, 0), total: format.number(chosen.total, 0) })}
          </StatusBadge>
        )
      }
    >
      {list ? (
        <StageChoice {...ends} onChange={(names) => void setMethod(method.id as MethodId, { [list.name]: names })} />
      ) : (
        <StageList
          {...ends}
          frozen={frozen}
          onMove={(line) => void setMethod('last-n', { stages: plan.stages.length - line })}
        />
      )}
      {chosen && <FrozenNote plan={plan} chosen={chosen} />}
    </Card>
  );
}

/** What comes out: one of the classes, or the next token of the vocabulary. */
function useOutput(): string {
  const { t } = useTranslation(['model', 'data']);
  const { output } = useTask();
  const classes = useStudio((state) => state.dataset?.classes.length ?? 0);
  const tokens = useStudio(({ model }) => (model?.input.kind === 'text' ? model.input.vocabulary : 0));
  return output === 'token'
    ? t('model:stages.nextToken', { count: tokens })
    : t('model:stages.output', { classes: t('data:classes', { count: classes }) });
}

function FrozenNote({ plan, chosen }: { plan: PlanSummary; chosen: MethodPlan }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const kept = useStudio((state) => state.settings.cachePrefix) && chosen.cacheBytes > 0;
  if (chosen.frozenStages === 0) return null;
  const share = frozenShare(plan, chosen.frozenStages);
  return (
    <div style={{ marginTop: 10 }}>
      <Note tone="info" icon={<IconBolt size={16} />}>
        <Trans
          t={t}
          i18nKey={kept ? 'stages.kept' : 'stages.frozen'}
          count={chosen.frozenStages}
          values={{
            size: format.bytes(chosen.cacheBytes),
            share: share > 0.99 ? `>\u2009${format.percent(0.99, 0)}` : format.percent(share, 0),
          }}
          components={{ b: <b /> }}
        />
      </Note>
    </div>
  );
}
