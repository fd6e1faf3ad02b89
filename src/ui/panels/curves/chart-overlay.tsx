import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { usePlotArea, useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import { useFormat } from '@/ui/format.ts';
import { RunGlyph, runInk } from '../run-marker.tsx';
import { KEYS, type LineKey, useCurveView } from './curve-view.ts';
import type { Extent } from './extent.ts';
import { OldDiamond } from './old-line.tsx';
import { lastWith, nearestWith } from './rows.ts';
import { textWidth } from './text-width.ts';

interface Chip {
  x: number;
  words: string;
  tone: 'good' | 'warn' | 'mark';
  /** Where there is no room for its words. */
  brief?: string;
}

const CHIP_HEIGHT = 20;
const LABEL_GAP = 16;

/** Over the curves: chips on the vertical marks, a ring on the best, and each line's end with marker and label. */
export function ChartOverlay() {
  const { t } = useTranslation('chart');
  const format = useFormat();
  const { metric, run, rows, axis, extent, marks, old, wide } = useCurveView();
  const plot = usePlotArea();
  const x = useXAxisScale();
  const y = useYAxisScale();
  if (!plot || !x || !y) return null;
  const keys = KEYS[metric];
  const names = { train: t('training'), validation: t('validation'), old };
  const ends = (['train', 'validation', 'old'] as const).flatMap((line) => {
    const key: LineKey | undefined = keys[line];
    const row = key && lastWith(rows, key);
    const value = key && row?.[key];
    if (!row || value === undefined) return [];
    const name = names[line];
    const shown = metric === 'loss' ? format.fixed(value, 3) : format.percent(value);
    return [{ line, x: row[axis], y: value, words: t('end', { name, value: shown }) }];
  });
  const bestRow = extent.best && nearestWith(rows, axis, extent.best.x, keys.validation);
  const right = plot.x + plot.width;
  const placed = ends
    .map((end) => ({ ...end, px: x(end.x) ?? right, py: clamp(y(end.y) ?? 0, plot.y, plot.y + plot.height) }))
    .sort((a, b) => a.py - b.py);
  const labels = spread(
    placed.map(({ py }) => py),
    plot.y,
  );
  return (
    <ZIndexLayer zIndex={650}>
      {wide &&
        placed.map((end, i) => (
          <g key={end.line}>
            <path
              d={`M${end.px} ${end.py}L${right} ${end.py}L${right + 6} ${labels[i]}`}
              fill="none"
              stroke={end.line === 'old' ? 'var(--old)' : runInk(run)}
              strokeOpacity={0.5}
              strokeDasharray="1 3"
            />
            <text
              x={right + 10}
              y={(labels[i] ?? 0) + 4}
              fontSize={12}
              fontWeight={600}
              fill={end.line === 'old' ? 'var(--old)' : runInk(run)}
            >
              {end.words}
            </text>
          </g>
        ))}
      {placed.map((end) => (
        <g key={end.line} transform={`translate(${end.px} ${end.py})`}>
          {end.line === 'old' ? (
            <OldDiamond x={0} y={0} />
          ) : (
            <RunGlyph run={run} hollow={end.line === 'validation'} scale={0.95} />
          )}
        </g>
      ))}
      {bestRow && (
        <circle
          cx={x(bestRow[axis])}
          cy={y(bestRow[keys.validation])}
          r={5.5}
          fill="var(--surface)"
          stroke="var(--good)"
          strokeWidth={2.5}
        />
      )}
      {metric === 'loss' && (
        <Chips
          chips={[
            ...marks.map(
              ({ x, number, short, stopping }): Chip => ({
                x,
                words: short,
                brief: String(number),
                tone: stopping ? 'warn' : 'mark',
              }),
            ),
            ...chipsOf(extent, wide, t),
          ]}
          at={(value) => x(value) ?? 0}
          left={plot.x}
          right={right + (wide ? 60 : 8)}
        />
      )}
    </ZIndexLayer>
  );
}

function chipsOf({ best, stop, now }: Extent, wide: boolean, t: TFunction<'chart'>): Chip[] {
  const size = wide ? 'long' : 'short';
  const chips: Chip[] = [];
  if (best) chips.push({ x: best.x, words: t(`best.${size}`, { epoch: best.epoch }), tone: 'good' });
  if (stop) {
    const kind = stop.x > now ? 'stops' : 'stopped';
    chips.push({ x: stop.x, words: t(`${kind}.${size}`, { epoch: stop.epoch }), tone: 'warn' });
  }
  return chips;
}

interface ChipsProps {
  chips: readonly Chip[];
  at(value: number): number;
  left: number;
  right: number;
}

/** Chips in one row at the top, pushed apart where they would touch. */
function Chips({ chips, at, left, right }: ChipsProps) {
  let free = left;
  const room = chips.reduce((sum, { words }) => sum + textWidth(words) + 20, 0) <= right - left;
  const placed = chips
    .map((chip) => ({ ...chip, words: room ? chip.words : (chip.brief ?? chip.words) }))
    .sort((a, b) => a.x - b.x)
    .map((chip) => {
      const width = textWidth(chip.words) + 16;
      const start = Math.max(free, clamp(at(chip.x) - width / 2, left, right - width));
      free = start + width + 4;
      return { ...chip, width, start };
    });
  // what was pushed over the edge pushes back
  for (let i = placed.length - 1, limit = right; i >= 0; i--) {
    const chip = placed[i]!;
    chip.start = Math.min(chip.start, limit - chip.width);
    limit = chip.start - 4;
  }
  return placed.map(({ words, tone, start, width }, i) => (
    <g key={`${i} ${words}`} transform={`translate(${start} 2)`}>
      <rect
        width={width}
        height={CHIP_HEIGHT}
        rx={5}
        fill={tone === 'mark' ? 'var(--surface)' : `var(--${tone}-bg)`}
        stroke={tone === 'mark' ? 'var(--line-2)' : `var(--${tone})`}
        strokeDasharray={tone === 'warn' ? '4 3' : undefined}
      />
      <text
        x={width / 2}
        y={14}
        textAnchor="middle"
        fontSize={12}
        fontWeight={600}
        fill={tone === 'mark' ? 'var(--ink-2)' : `var(--${tone})`}
      >
        {words}
      </text>
    </g>
  ));
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Heights of labels that were at `wanted` (ascending), moved until none overlap and none is above `top`. */
export function spread(wanted: readonly number[], top: number): number[] {
  const out = [...wanted];
  // each pass parts neighbours, and may push one of them into the next: as many passes as there are labels
  for (let pass = 0; pass < out.length; pass++)
    for (let i = 1; i < out.length; i++) {
      const overlap = out[i - 1]! + LABEL_GAP - out[i]!;
      if (overlap <= 0) continue;
      out[i - 1]! -= overlap / 2;
      out[i]! += overlap / 2;
    }
  let least = top;
  return out.map((height) => {
    const at = Math.max(height, least);
    least = at + LABEL_GAP;
    return at;
  });
}
