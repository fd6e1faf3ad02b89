import { Select, Skeleton, Slider } from '@mantine/core';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { TriedPicture } from '@/protocol/messages.ts';
import type { Saliency } from '@/protocol/result.ts';
import { BlobImage } from '../controls/blob-image.tsx';
import { DownloadMenu } from '../controls/download-menu.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useActions } from '../studio-context.tsx';
import { choicesOf } from './class-choices.ts';
import { drawHeat, HEAT_GRADIENT } from './heat.ts';
import styles from './saliency-view.module.css';
import { useExplanation } from './use-explanation.ts';

interface SaliencyViewProps {
  run: string;
  /** Of the saved files. */
  name: string;
  picture: TriedPicture;
  classes: readonly string[];
  /** Index of the class that is explained at first: the answer. */
  answer: number | undefined;
  /** Where it is known, and another than the answer, it can be explained too. */
  truth?: number | undefined;
  /** Shown until the map comes. */
  preview: ReactNode;
}

/** The square that the model sees, with what spoke for a class laid over it (Grad-CAM). */
export function SaliencyView({ run, name, picture, classes, answer, truth, preview }: SaliencyViewProps) {
  const { t } = useKindTranslation('evaluate');
  const [chosen, choose] = useState<number>();
  const [strength, setStrength] = useState(0.55);
  const label = chosen ?? answer;
  const actions = useActions();
  const explain = useCallback((of: number) => actions.saliency(run, picture, of), [actions, run, picture]);
  const saliency = useExplanation(explain, label);
  const place = useRef<HTMLDivElement>(null);
  const shown = label === undefined ? '' : (classes[label] ?? '');
  const nothing = saliency?.map.every((value) => value === 0);
  return (
    <div className={styles.view}>
      <div ref={place} className={styles.square}>
        {saliency ? <BlobImage blob={saliency.picture} alt="" /> : preview}
        {saliency && <Heat saliency={saliency} strength={strength} label={t('saliency.alt', { name: shown })} />}
        {!saliency && label !== undefined && <Skeleton className={styles.waiting ?? ''} radius={0} />}
      </div>
      <div className={styles.controls}>
        <Select
          size="xs"
          label={t('saliency.explain')}
          value={label === undefined ? null : String(label)}
          onChange={(value) => value !== null && choose(Number(value))}
          searchable={classes.length > 12}
          limit={100}
          data={choicesOf(classes, answer, truth, t)}
        />
        <div>
          <span className={styles.name}>{t('saliency.strength')}</span>
          <Slider
            size={4}
            thumbSize={16}
            min={0}
            max={0.9}
            step={0.05}
            label={null}
            value={strength}
            onChange={setStrength}
            thumbLabel={t('saliency.strength')}
          />
        </div>
        <div className={styles.legend}>
          <span>{t('saliency.little')}</span>
          <i style={{ background: HEAT_GRADIENT }} />
          <span>{t('saliency.much')}</span>
          <DownloadMenu
            title={t('saliency.title', { name: shown })}
            name={`${name}-saliency`}
            places={() => (place.current ? [place.current] : [])}
            {...(saliency ? { table: () => tableOf(saliency) } : {})}
          />
        </div>
      </div>
      <p className="tiny faint" aria-live="polite">
        {nothing ? t('saliency.nothing', { name: shown }) : t('saliency.what', { name: shown })}
      </p>
    </div>
  );
}

const tableOf = ({ width, height, map }: Saliency) => ({
  header: ['row', 'column', 'value'],
  rows: Array.from({ length: width * height }, (_, i) => [Math.floor(i / width), i % width, map[i]]),
});

function Heat({ saliency, strength, label }: { saliency: Saliency; strength: number; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) drawHeat(canvas.current, saliency);
  }, [saliency]);
  return <canvas ref={canvas} role="img" aria-label={label} style={{ opacity: strength }} />;
}
