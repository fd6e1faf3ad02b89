import { memo, type PointerEvent } from 'react';
import styles from './inside.module.css';
import { colorAt, type Scale } from './scale.ts';

interface StripProps {
  values: readonly number[];
  scale: Scale | undefined;
  /** The column whose figures are written. */
  at: number;
  /** Columns that there are room for. */
  width: number;
  onPoint(event: PointerEvent<SVGSVGElement>): void;
  onLeave(): void;
}

/** One row of a heat map: a cell a validation. Zero is empty, with an outline; what was not measured is not there. */
export function Strip({ values, scale, at, width, onPoint, onLeave }: StripProps) {
  return (
    <svg
      className={styles.strip}
      aria-hidden="true"
      viewBox={`0 0 ${width} 1`}
      preserveAspectRatio="none"
      onPointerMove={onPoint}
      onPointerDown={onPoint}
      onPointerLeave={onLeave}
    >
      <Cells values={values.join()} scale={scale} />
      <rect className={styles.at} x={at} width={1} height={1} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** `values` as a text: the same figures are not drawn again. */
const Cells = memo(function Cells({ values, scale }: { values: string; scale: Scale | undefined }) {
  return values.split(',').map((text, column) => {
    const value = Number(text);
    if (Number.isNaN(value)) return null;
    const fill = value > 0 && scale ? colorAt(scale.place(value)) : undefined;
    return (
      <rect key={column} className={fill ? undefined : styles.zeroCell} fill={fill} x={column} width={1} height={1} />
    );
  });
});
