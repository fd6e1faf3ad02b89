import { UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { RunGlyph } from '../run-marker.tsx';
import styles from './map.module.css';
import { glyphOf } from './plane.ts';

interface ClassLegendProps {
  classes: readonly string[];
  /** Those that the map has. */
  labels: readonly number[];
  chosen: number | undefined;
  onChoose(label: number | undefined): void;
}

/** Colour and shape of each class; pressed, its examples stand out. Nothing where there is one class alone. */
export function ClassLegend({ classes, labels, chosen, onChoose }: ClassLegendProps) {
  const { t } = useTranslation('inside');
  if (labels.length < 2) return null;
  return (
    <fieldset className={styles.legend}>
      <legend className="visually-hidden">{t('map.classes')}</legend>
      {labels.map((label) => (
        <UnstyledButton
          key={label}
          className={styles.class ?? ''}
          aria-pressed={chosen === label}
          onClick={() => onChoose(chosen === label ? undefined : label)}
        >
          <svg width={16} height={16} viewBox="-8 -8 16 16" aria-hidden="true">
            <RunGlyph {...glyphOf(label)} />
          </svg>
          {classes[label]}
        </UnstyledButton>
      ))}
    </fieldset>
  );
}
