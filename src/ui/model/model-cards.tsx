import { IconArrowsMaximize, IconArrowsMinimize, IconCheck, IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { SHIPPED_MODELS } from '@/models/metas.ts';
import type { ModelRef, ShippedModel } from '@/protocol/model.ts';
import { useInputWords } from '../controls/input-words.ts';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './model-cards.module.css';

/** A fact stays on one line. */
const unbroken = (fact: string): string => fact.replaceAll(' ', '\u00a0');

/** A picture this small shows no detail of a photo. */
const SMALL = 64;

/** The models to begin from, as one group of radio buttons. */
export function ModelCards() {
  const { t } = useTranslation('model');
  const chosen = useStudio((state) => state.settings.model);
  const { openModel } = useActions();
  const choose = (model: ModelRef) => void openModel(model);
  return (
    <fieldset className={styles.cards}>
      <legend className="visually-hidden">{t('models')}</legend>
      {SHIPPED_MODELS.map((model) => (
        <ShippedCard
          key={model.id}
          model={model}
          checked={chosen.kind === 'shipped' && chosen.id === model.id}
          onChoose={() => choose({ kind: 'shipped', id: model.id })}
        />
      ))}
      <ImportedCard />
    </fieldset>
  );
}

function ShippedCard({ model, checked, onChoose }: { model: ShippedModel; checked: boolean; onChoose(): void }) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const takes = useInputWords();
  const weights = useStudio(({ progress, advising }) => (checked && !advising ? progress.weights : undefined));
  return (
    <label className={styles.card} data-checked={checked || undefined}>
      <span className={styles.head}>
        <b>{model.id}</b>
        <input type="radio" name="model" checked={checked} onChange={onChoose} />
      </span>
      <span className="small muted num">
        {[
          takes(model.input),
          t('parameters', { number: format.compact(model.parameters) }),
          model.bytes > 0 ? format.bytes(model.bytes) : '',
          model.licence,
        ]
          .filter(Boolean)
          .map(unbroken)
          .join(' · ')}
      </span>
      <span className="tiny faint">
        {t('learnedFrom', { what: t(`shipped.${model.id}.learnedFrom`, { defaultValue: '–' }) })}
      </span>
      {weights ? <ProgressLine label={t('loadingWeights')} progress={weights} /> : <Fit model={model} />}
    </label>
  );
}

/** Whether the open data suits the model. */
function Fit({ model }: { model: ShippedModel }) {
  const { t } = useTranslation('model');
  const dataset = useStudio((state) => state.dataset);
  const { input } = model;
  if (dataset?.kind !== 'image' || input.kind !== 'image' || dataset.classes.length === 0) return null;
  const { size, channels } = input;
  const side = Math.min(dataset.pictureSize.width, dataset.pictureSize.height);
  if (size < SMALL && side > size)
    return (
      <span className={styles.fit}>
        <IconArrowsMinimize size={14} aria-hidden="true" />
        {t(channels === 1 ? 'fit.smallGrey' : 'fit.small', { size })}
      </span>
    );
  if (side * 2 < size)
    return (
      <span className={styles.fit}>
        <IconArrowsMaximize size={14} aria-hidden="true" />
        {t('fit.large', { pixels: side })}
      </span>
    );
  return (
    <span className={styles.fit} data-fits>
      <IconCheck size={14} aria-hidden="true" />
      {t('fit.yes', {
        classes: t('data:classes', { count: dataset.classes.length }),
        pictures: t('data:pictures', { count: dataset.examples.length }),
      })}
    </span>
  );
}

/** The model of a dropped download, while it is the one that is chosen. */
function ImportedCard() {
  const { t } = useTranslation('model');
  const format = useFormat();
  const takes = useInputWords();
  const model = useStudio((state) => state.model);
  if (model?.ref.kind !== 'imported') return null;
  return (
    <label className={styles.card} data-checked>
      <span className={styles.head}>
        <b>{model.name}</b>
        <input type="radio" name="model" checked readOnly />
      </span>
      <span className="small muted num">
        {takes(model.input)} · {t('parameters', { number: format.compact(model.parameters) })}
      </span>
      <span className={styles.fit}>
        <IconDownload size={14} aria-hidden="true" />
        {t('imported', { labels: format.list(model.labels.slice(0, 4)) })}
      </span>
    </label>
  );
}
