import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { MapShape } from '@/protocol/inside.ts';
import type { RunRecord } from '@/session/store.ts';
import { ExamplePreview } from '@/ui/controls/example-preview.tsx';
import styles from './map.module.css';

interface ExampleShownProps {
  run: RunRecord;
  shape: MapShape;
  example: number | undefined;
  onExample(example: number): void;
}

/** The example that is pointed at on the map, and the way to the others without a pointer. */
export function ExampleShown({ run, shape, example, onExample }: ExampleShownProps) {
  const { t } = useTranslation('inside');
  const count = shape.ids.length;
  const label = example === undefined ? undefined : run.classes[shape.labels[example]!];
  const step = (by: number) => onExample(example === undefined ? 0 : (example + by + count) % count);
  return (
    <div className={styles.example}>
      <ActionIcon variant="subtle" size="sm" aria-label={t('map.previous')} onClick={() => step(-1)}>
        <IconChevronLeft size={16} />
      </ActionIcon>
      <div className={styles.preview} aria-live="polite">
        {example === undefined ? (
          <span className="small muted">{t('map.point')}</span>
        ) : (
          <>
            <ExamplePreview id={shape.ids[example]!} alt={label ?? ''} />
            <span className="small">{label}</span>
          </>
        )}
      </div>
      <ActionIcon variant="subtle" size="sm" aria-label={t('map.next')} onClick={() => step(1)}>
        <IconChevronRight size={16} />
      </ActionIcon>
    </div>
  );
}
