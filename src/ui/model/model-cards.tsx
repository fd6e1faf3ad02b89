import { ActionIcon } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize, IconCheck, IconDownload, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { SHIPPED_MODELS } from '@/models/metas.ts';
import type { DatasetSummary, ImageSummary } from '@/protocol/dataset.ts';
import type { ImageInput, ModelRef, ModelSummary, ShippedModel } from '@/protocol/model.ts';
import { serves, shippedFor, taskFor } from '@/session/defaults.ts';
import { useInputWords } from '../controls/input-words.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProgressLine } from '../controls/progress-line.tsx';
import { isLabelled } from '../data/labelled.ts';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './model-cards.module.css';

/** A fact stays on one line. */
const unbroken = (fact: string): string => fact.replaceAll(' ', '\u00a0');

/** A picture this small shows no detail of a photo. */
const SMALL = 64;

interface ModelCardsProps {
  /** The chosen model does not know the language of the open texts. */
  foreign: boolean;
}

/** The models for the open data to begin from, as one group of radio buttons; without data, all. */
export function ModelCards({ foreign }: ModelCardsProps) {
  const { t } = useTranslation('model');
  const chosen = useStudio((state) => state.settings.model);
  const { openModel } = useActions();
  const wanted = useStudio(({ dataset }) => dataset && taskFor(dataset).id);
  const models = wanted ? shippedFor(wanted) : SHIPPED_MODELS;
  const own = useImported(wanted);
  const choose = (model: ModelRef) => void openModel(model);
  return (
    <fieldset className={styles.cards}>
      <legend className="visually-hidden">{t('models')}</legend>
      {models.map((model) => (
        <ShippedCard
          key={model.id}
          model={model}
          checked={chosen.kind === 'shipped' && chosen.id === model.id}
          foreign={foreign}
          onChoose={() => choose({ kind: 'shipped', id: model.id })}
        />
      ))}
      {own.map((model) => (
        <ImportedCard
          key={model.ref.id}
          model={model}
          checked={chosen.kind === 'imported' && chosen.id === model.ref.id}
          onChoose={() => choose(model.ref)}
        />
      ))}
    </fieldset>
  );
}

interface ShippedProps extends ModelCardsProps {
  model: ShippedModel;
  checked: boolean;
  onChoose(): void;
}

function ShippedCard({ model, checked, foreign, onChoose }: ShippedProps) {
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
        {t('learnedFrom', { what: t(`start:shipped.${model.id}.learnedFrom`, { defaultValue: '–' }) })}
      </span>
      {weights ? (
        <ProgressLine label={t('loadingWeights')} progress={weights} />
      ) : (
        // what speaks against it is said under the cards
        !(checked && foreign) && <Fit model={model} />
      )}
    </label>
  );
}

/** Whether the open data suits the model; what texts look like to it is said under the cards. */
function Fit({ model: { input } }: { model: ShippedModel }) {
  const dataset = useStudio((state) => state.dataset);
  if (!dataset || dataset.classes.length === 0) return null;
  return dataset.kind === 'image' && input.kind === 'image' ? (
    <PictureFit input={input} dataset={dataset} />
  ) : (
    <Fits dataset={dataset} />
  );
}

function PictureFit({ input: { size, channels }, dataset }: { input: ImageInput; dataset: ImageSummary }) {
  const { t } = useTranslation('model');
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
  return <Fits dataset={dataset} />;
}

/** What it is for, and how many examples there are. */
function Fits({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useKindTranslation('model');
  const { t: data } = useKindTranslation('data');
  const examples = data('pictures', { count: dataset.examples.length });
  return (
    <span className={styles.fit} data-fits>
      <IconCheck size={14} aria-hidden="true" />
      {isLabelled(dataset)
        ? t('fit.yes', { classes: data('classes', { count: dataset.classes.length }), pictures: examples })
        : t('fit.alone', { examples })}
    </span>
  );
}

/** Models that were dropped in: those for the open data, and the one that is chosen. */
function useImported(wanted: string | undefined): readonly ModelSummary[] {
  const model = useStudio((state) => state.model);
  const imported = useStudio((state) => state.imported);
  const fits = imported.filter(({ ref, task }) => !wanted || serves(task, wanted) || ref.id === model?.ref.id);
  const known = model?.ref.kind !== 'imported' || fits.some(({ ref }) => ref.id === model.ref.id);
  return known ? fits : [...fits, model];
}

interface ImportedProps {
  model: ModelSummary;
  checked: boolean;
  onChoose(): void;
}

function ImportedCard({ model, checked, onChoose }: ImportedProps) {
  const { t } = useTranslation('model');
  const format = useFormat();
  const takes = useInputWords();
  const { forgetModel } = useActions();
  const used = useStudio(({ runs, queue }) =>
    [...Object.values(runs), ...queue].some(({ id, settings }) => [id, settings.model.id].includes(model.ref.id)),
  );
  return (
    <div className={styles.own}>
      <label className={styles.card} data-checked={checked || undefined}>
        <span className={styles.head}>
          <b>{model.name}</b>
          <input type="radio" name="model" checked={checked} onChange={onChoose} />
        </span>
        <span className="small muted num">
          {takes(model.input)} · {t('parameters', { number: format.compact(model.parameters) })}
        </span>
        <span className={styles.fit}>
          <IconDownload size={14} aria-hidden="true" />
          {model.labels.length > 0
            ? t('imported', { labels: format.list(model.labels.slice(0, 4)) })
            : t('importedAlone')}
        </span>
      </label>
      {!used && (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="ink"
          className={styles.forget}
          aria-label={t('forget', { name: model.name })}
          title={t('forget', { name: model.name })}
          onClick={() => void forgetModel(model.ref.id)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </div>
  );
}
