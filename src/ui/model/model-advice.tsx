import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCompass } from '@tabler/icons-react';
import { METHOD_METAS, type MethodId } from '@/methods/metas.ts';
import type { ModelAdvice } from '@/protocol/model.ts';
import { isOver } from '@/protocol/run.ts';
import { Card } from '../controls/card.tsx';
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
  return (
    <Card title={t('advice.title')} aside={button} flush>
      <Table models={known} />
      <p className={`${styles.foot} tiny faint`}>
        {t(known.some(({ fit }) => fit) ? 'advice.how' : 'advice.howAlone')}
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

function Table({ models }: { models: readonly ModelAdvice[] }) {
  const { t } = useKindTranslation('model');
  const methods = useMethods();
  const best = bestOf(models);
  const fitted = models.some(({ fit }) => fit);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('advice.title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('advice.model')}</th>
            {fitted && <th scope="col">{t('advice.fit')}</th>}
            <th scope="col" className={styles.right}>
              {t('advice.forward')}
            </th>
            {methods.map((id) => (
              <th scope="col" key={id} className={styles.right}>
                {t(`method.${id}.name`)}
              </th>
            ))}
            <td aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <Row key={model.id} model={model} best={model === best && models.length > 1} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ model, best }: { model: ModelAdvice; best: boolean }) {
  const { t } = useKindTranslation('model');
  const format = useFormat();
  const { openModel } = useActions();
  const chosen = useStudio(({ settings }) => settings.model.kind === 'shipped' && settings.model.id === model.id);
  const methods = useMethods();
  const { fit, forwardMs, costs, doubts } = model;
  return (
    <tr data-best={best || undefined}>
      <th scope="row">
        <span className={styles.name}>
          {model.id}
          {best && (
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
      </th>
      {fit && (
        <td data-label={t('advice.fit')}>
          <b className="num">{format.percent(fit.accuracy, 0)}</b>{' '}
          <span className="tiny faint num">
            {t('advice.between', {
              number: format.number(fit.examples, 0),
              low: format.percent(fit.low, 0),
              high: format.percent(fit.high, 0),
            })}
          </span>
        </td>
      )}
      <td className={styles.right} data-label={t('advice.forward')}>
        {format.milliseconds(forwardMs)}
      </td>
      {methods.map((id) => {
        const cost = costs.find(({ method }) => method === id);
        return (
          <td key={id} className={styles.right} data-label={t(`method.${id}.name`)}>
            {cost ? `≈\u2009${format.duration(cost.seconds)}` : '–'}
            {cost && <div className="tiny faint">{format.bytes(cost.memoryBytes)}</div>}
          </td>
        );
      })}
      <td className={styles.right}>
        {chosen ? (
          <span className="tiny faint">{t('advice.chosen')}</span>
        ) : (
          <Button size="xs" onClick={() => void openModel({ kind: 'shipped', id: model.id })}>
            {t('advice.choose')}
            <span className="visually-hidden">{model.id}</span>
          </Button>
        )}
      </td>
    </tr>
  );
}
