import { memo, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { MapLook, MapShape } from '@/protocol/inside.ts';
import { useFormat } from '@/ui/format.ts';
import { RunGlyph } from '../run-marker.tsx';
import styles from './map.module.css';
import { glyphOf, HEIGHT, nearest, placeOf, WIDTH } from './plane.ts';

interface ScatterProps {
  shape: MapShape;
  look: MapLook;
  unit: number;
  /** The class that stands out. */
  label: number | undefined;
  example: number | undefined;
  onExample(example: number | undefined): void;
}

/** How far from a point it is still meant, in the drawing's unit. */
const REACH = 14;

/** One point an example. They glide from one look to the next, unless the reader wants no motion. */
export function Scatter({ shape, look, unit, label, example, onExample }: ScatterProps) {
  const { t } = useTranslation('inside');
  const format = useFormat();
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const scale = Math.min(width / WIDTH, height / HEIGHT);
    const x = (event.clientX - left - (width - WIDTH * scale) / 2) / scale;
    const y = (event.clientY - top - (height - HEIGHT * scale) / 2) / scale;
    const found = nearest(look, unit, { x, y }, REACH);
    if (found !== undefined) onExample(found);
  };
  return (
    <svg
      className={styles.scatter}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t('map.drawn', { count: shape.ids.length, epoch: format.number(look.epoch, 2) })}
      onPointerMove={point}
      onPointerDown={point}
    >
      {[...shape.labels].map((own, i) => {
        const { x, y } = placeOf(look, i, unit);
        return (
          <g
            key={shape.ids[i]}
            className={styles.point}
            style={{ transform: `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px)` }}
            opacity={label === undefined || label === own ? 1 : 0.15}
          >
            <Glyph label={own} />
          </g>
        );
      })}
      {example !== undefined && example < shape.ids.length && <Ring {...placeOf(look, example, unit)} />}
    </svg>
  );
}

const Glyph = memo(function Glyph({ label }: { label: number }) {
  return <RunGlyph {...glyphOf(label)} scale={0.85} />;
});

const Ring = ({ x, y }: { x: number; y: number }) => (
  <circle className={styles.ring} r={8} style={{ transform: `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px)` }} />
);
