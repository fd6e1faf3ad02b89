import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCompass } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { METHOD_METAS, type MethodId } from '@/methods/metas.ts';
import type { ModelAdvice } from '@/protocol/model.ts';
import { isOver } from '@/protocol/run.ts';
import { Card } from '../controls/card.tsx';
import { type Column, DataTable, plainTable } from '../controls/data-table.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProgressLine } from '../controls/progress-line.tsx';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './model-advice.module.css';

/** What a run costs is told of the two ends, and of the chosen method between them. */
function useMethods(): readonly MethodId[] {
  const chosen = useStudio((state) => state.settings.method.id);
  return (Object.keys(METHOD_METAS) as MethodId[]).filter((id) => id === 'full' || id === 'head' || id === chosen);
}

/** On request: how well each model's features tell the open classes apart, and what a run would cost here. */
export function ModelAdviceCard() {
  const { t } = useKindTranslation('model');
  const { adviseModel } = useActions();
  const dataset = useStudio((state) => state.dataset);
  const advice = useStudio((state) => state.modelAdvice);
  const live = useStudio(({ runs }) => Object.values(runs).find(({ status }) => !isOver(status.phase)));
  const busy = useStudio((state) => state.advising);
  const weights = useStudio((state) => state.progress.weights);
  if (!dataset) return null;
  const known = advice?.of === dataset ? advice.models : undefined;
  const button = (
    <Button
      size="xs"
      loading={busy}
      disabled={live !== undefined}
      leftSection={<IconCompass size={14} />}
      onClick={() => void adviseModel()}
    >
      {t(known ? 'advice.again' : 'advice.ask')}
    </Button>
  );
  if (!known)
    return (
      <div className={styles.ask}>
        {button}
        <span className="small muted" role="status">
          {live ? t('reason.live', { number: live.number }) : t(busy ? 'advice.measuring' : 'advice.note')}
        </span>
        {busy && weights && (
          <div className={styles.weights}>
            <ProgressLine label={t('loadingWeights')} progress={weights} />
          </div>
        )}
      </div>
    );
  return <Advised models={known} again={button} />;
}

function Advised({ models, again }: { models: readonly ModelAdvice[]; again: ReactNode }) {
  const { t } = useKindTranslation('model');
  const columns = useColumns(models);
  return (
    <Card
      title={t('advice.title')}
      aside={again}
      flush
      downloads={{ name: 'models', table: () => plainTable(columns, models) }}
    >
      <DataTable label={t('advice.title')} columns={columns} rows={models} keyOf={({ id }) => id} />
      <p className={`${styles.foot} tiny faint`}>
        {t(models.some(({ fit }) => fit) ? 'advice.how' : 'advice.howAlone')}
      </p>
    </Card>
  );
}

/** The surest at telling the classes apart; of two that cannot be told apart, the faster. None where there are no classes. */
export function bestOf(models: readonly ModelAdvice[]): ModelAdvice | undefined {
  const fitted = models.flatMap((model) => (model.fit ? [{ model, fit: model.fit }] : []));
  const top = fitted.reduce<(typeof fitted)[number] | undefined>(
    (best, each) => (!best || each.fit.accuracy > best.fit.accuracy ? each : best),
    undefined,
  );
  return fitted
    .filter(({ fit }) => top && fit.high >= top.fit.accuracy && fit.accuracy >= top.fit.low)
    .map(({ model }) => model)
    .reduce<ModelAdvice | undefined>(
      (best, each) => (!best || each.forwardMs < best.forwardMs ? each : best),
      undefined,
    );
}

function useColumns(models: readonly ModelAdvice[]): Column<ModelAdvice>[] {
  const { t } = useKindTranslation('model');
  const format = useFormat();
  const methods = useMethods();
  const best = models.length > 1 ? bestOf(models) : undefined;
  const fit: Column<ModelAdvice> = {
    id: 'accuracy',
    label: t('advice.fit'),
    kind: 'figure',
    value: (model) => model.fit?.accuracy,
    cell: ({ fit }) =>
      fit && (
        <>
          <b>{format.percent(fit.accuracy, 0)}</b>
          <span className={styles.under}>
            {t('advice.between', {
              number: format.number(fit.examples, 0),
              low: format.percent(fit.low, 0),
              high: format.percent(fit.high, 0),
            })}
          </span>
        </>
      ),
  };
  return [
    { id: 'model', label: t('advice.model'), value: ({ id }) => id, cell: (model) => <Name {...{ model, best }} /> },
    ...(models.some((model) => model.fit) ? [fit] : []),
    {
      id: 'forward_ms',
      label: t('advice.forward'),
      kind: 'figure',
      wideOnly: true,
      value: ({ forwardMs }) => forwardMs,
      cell: ({ forwardMs }) => format.milliseconds(forwardMs),
    },
    ...methods.map((id): Column<ModelAdvice> => {
      const costOf = ({ costs }: ModelAdvice) => costs.find(({ method }) => method === id);
      return {
        id: `${id}_seconds`,
        label: t(`method.${id}.name`),
        kind: 'figure',
        value: (model) => costOf(model)?.seconds,
        cell: (model) => {
          const cost = costOf(model);
          if (!cost) return '–';
          return (
            <>
              {`≈\u2009${format.duration(cost.seconds)}`}
              <span className={styles.under}>{format.bytes(cost.memoryBytes)}</span>
            </>
          );
        },
      };
    }),
    { id: 'choose', label: '', kind: 'deed', value: () => undefined, cell: ({ id }) => <Choose id={id} /> },
  ];
}

function Name({ model: { id, doubts }, best }: { model: ModelAdvice; best: ModelAdvice | undefined }) {
  const { t } = useKindTranslation('model');
  return (
    <>
      <span className={styles.name}>
        {id}
        {best?.id === id && (
          <StatusBadge tone="good" icon={<IconCheck size={13} />}>
            {t('advice.best')}
          </StatusBadge>
        )}
      </span>
      {doubts.map((doubt) => (
        <span key={doubt} className={styles.doubt}>
          <IconAlertTriangle size={13} aria-hidden="true" />
          {t(`advice.doubt.${doubt}`)}
        </span>
      ))}
    </>
  );
}

function Choose({ id }: { id: string }) {
  const { t } = useKindTranslation('model');
  const { openModel } = useActions();
  const chosen = useStudio(({ settings }) => settings.model.kind === 'shipped' && settings.model.id === id);
  if (chosen) return <span className="tiny faint">{t('advice.chosen')}</span>;
  return (
    <Button size="xs" onClick={() => void openModel({ kind: 'shipped', id })}>
      {t('advice.choose')}
      <span className="visually-hidden">{id}</span>
    </Button>
  );
}
