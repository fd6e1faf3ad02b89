import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { memo, type PointerEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OptionValue } from '@/protocol/options.ts';
import { contrasted, figuresOf, settingOf } from '@/session/comparison.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { useSettingValue } from '../controls/setting-changes.tsx';
import { useFormat } from '../format.ts';
import { answerContext } from '../panels/run-words.ts';
import styles from './compare.module.css';
import { axisOver, type Brushes, passes, type UprightAxis } from './parallel.ts';
import { cut } from './words.ts';

const HEIGHT = 280;
const [TOP, BOTTOM, SIDE] = [34, 20, 70];
/** What the last axis stands for. */
const RESULT = 'result.accuracy';
/** A press that moves less than this share of an axis is a click. */
const CLICK = 0.02;
/** Half of what a click picks out. */
const NEAR = 0.06;

/** The newest search: a line for each of its runs through all that it varied, coloured by what came of it. */
export const ParallelCard = memo(function ParallelCard({ runs }: { runs: readonly RunRecord[] }) {
  const { t } = useTranslation('compare');
  const [brushes, setBrushes] = useState<Brushes>({});
  const { ref, width } = useElementSize();
  const group = runs.findLast((run) => run.group?.kind === 'search')?.group?.id;
  const found = useMemo(() => runs.filter((run) => run.group?.id === group), [runs, group]);
  const axes = useMemo(
    () =>
      [...contrasted(found), RESULT].map((name) =>
        axisOver(
          name,
          found.map((run) => placed(run, name)),
        ),
      ),
    [found],
  );
  if (!group || found.length < 2 || axes.length < 2) return null;
  const brush = (name: string, range: readonly [number, number] | undefined) =>
    setBrushes(({ [name]: _, ...rest }) => (range ? { ...rest, [name]: range } : rest));
  const through = found.filter((run) => passes(axes, (name) => placed(run, name), brushes));
  const table = () => ({
    header: ['run', ...axes.map(({ name }) => name)],
    rows: found.map((run) => [run.number, ...axes.map(({ name }) => plain(placed(run, name)))]),
  });
  const brushed = Object.keys(brushes).length > 0;
  return (
    <Card
      title={t('parallel.title', { count: found.length })}
      aside={
        brushed && (
          <Button size="compact-xs" variant="subtle" onClick={() => setBrushes({})}>
            {t('parallel.clear')}
          </Button>
        )
      }
      downloads={{ name: 'search', table, chart: true }}
    >
      <div ref={ref} data-chart className={styles.parallel}>
        {width > 0 && (
          <Picture
            {...{ found, axes, brushes, brush }}
            width={Math.max(width, axes.length * 110)}
            through={new Set(through.map(({ id }) => id))}
          />
        )}
      </div>
      <p className="tiny faint">
        {brushed ? t('parallel.picked', { count: through.length, of: found.length }) : t('parallel.note')}
      </p>
    </Card>
  );
});

const placed = (run: RunRecord, name: string): OptionValue | undefined =>
  name === RESULT ? figuresOf(run).accuracy : settingOf(run.settings, name);

const plain = (value: OptionValue | undefined) =>
  typeof value === 'number' || value === undefined ? value : String(value);

interface PictureProps {
  found: readonly RunRecord[];
  axes: readonly UprightAxis[];
  brushes: Brushes;
  through: ReadonlySet<string>;
  width: number;
  brush(name: string, range: readonly [number, number] | undefined): void;
}

function Picture({ found, axes, brushes, through, width, brush }: PictureProps) {
  const { t } = useTranslation(['compare', 'option']);
  const format = useFormat();
  const write = useSettingValue();
  const bottom = HEIGHT - BOTTOM;
  const x = (i: number) => SIDE + (i * (width - 2 * SIDE)) / Math.max(1, axes.length - 1);
  const y = (place: number) => bottom - place * (bottom - TOP);
  const result = axes.at(-1)!;
  const answers = found[0] ? answerContext(found[0]) : {};
  const label = (name: string) =>
    name === RESULT ? t('figure.accuracy', answers) : t(`option:${name}.label`, { defaultValue: name });
  const words = (name: string, value: OptionValue) =>
    name === RESULT ? format.percent(Number(value)) : write(name, value);
  const sorted = found.toSorted((a, b) => Number(through.has(a.id)) - Number(through.has(b.id)));
  return (
    <svg role="img" aria-label={t('parallel.summary', { count: found.length })} width={width} height={HEIGHT}>
      {sorted.map((run) => {
        const places = axes.map(({ name, at }) => at(placed(run, name)));
        const good = places.at(-1);
        const path = places.flatMap((place, i) => (place === undefined ? [] : [`${x(i)} ${y(place)}`])).join('L');
        const on = through.has(run.id);
        return (
          <path
            key={run.id}
            d={`M${path}`}
            fill="none"
            strokeWidth={on ? 2 : 1}
            strokeOpacity={on ? 0.9 : 0.2}
            stroke={
              good === undefined
                ? 'var(--line-2)'
                : `color-mix(in srgb, var(--run-1) ${Math.round(100 * good)}%, var(--run-2))`
            }
            strokeDasharray={good === undefined ? '3 3' : undefined}
          >
            <title>{`${run.number}: ${axes.map(({ name }) => `${label(name)} ${placed(run, name) === undefined ? '–' : words(name, placed(run, name)!)}`).join(', ')}`}</title>
          </path>
        );
      })}
      {axes.map((axis, i) => (
        <g key={axis.name} transform={`translate(${x(i)} 0)`}>
          <text className={styles.name} y={16} textAnchor="middle" fill="var(--ink-2)">
            {cut(label(axis.name), (width - 2 * SIDE) / Math.max(1, axes.length - 1) - 8)}
          </text>
          <path d={`M0 ${TOP}V${bottom}`} stroke="var(--axis)" />
          {axis.ticks.map((tick) => (
            <g key={String(tick)} transform={`translate(0 ${y(axis.at(tick) ?? 0)})`}>
              <path d="M-3 0H3" stroke="var(--axis)" />
              <text
                className={`${styles.tick} ${styles.halo}`}
                x={axis === result ? 8 : -8}
                y={4}
                textAnchor={axis === result ? 'start' : 'end'}
              >
                {cut(words(axis.name, tick), 62)}
              </text>
            </g>
          ))}
          <Brush
            range={brushes[axis.name]}
            y={y}
            share={(py) => Math.min(1, Math.max(0, (bottom - py) / (bottom - TOP)))}
            onBrush={(range) => brush(axis.name, range)}
          />
        </g>
      ))}
    </svg>
  );
}

interface BrushProps {
  range: readonly [number, number] | undefined;
  y(place: number): number;
  share(py: number): number;
  onBrush(range: readonly [number, number] | undefined): void;
}

/** Where the pointer picks out a part of an axis: dragged over it, or pressed at a value; pressed again it lets go. */
function Brush({ range, y, share, onBrush }: BrushProps) {
  const [from, setFrom] = useState<number>();
  const placeOf = (event: PointerEvent<SVGRectElement>) =>
    share(event.clientY - event.currentTarget.ownerSVGElement!.getBoundingClientRect().top);
  const between = (a: number, b: number) => [Math.min(a, b), Math.max(a, b)] as const;
  const end = (event: PointerEvent<SVGRectElement>) => {
    if (from === undefined) return;
    const to = placeOf(event);
    setFrom(undefined);
    if (Math.abs(to - from) >= CLICK) return onBrush(between(from, to));
    onBrush(range && to >= range[0] && to <= range[1] ? undefined : [to - NEAR, to + NEAR]);
  };
  return (
    <>
      {range && (
        <rect
          x={-7}
          width={14}
          y={y(Math.min(1.04, range[1]))}
          height={y(Math.max(-0.04, range[0])) - y(Math.min(1.04, range[1]))}
          rx={4}
          fill="var(--info)"
          fillOpacity={0.25}
          stroke="var(--info)"
        />
      )}
      <rect
        className={styles.brush}
        x={-16}
        width={32}
        y={y(1) - 8}
        height={y(0) - y(1) + 16}
        fill="transparent"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setFrom(placeOf(event));
        }}
        onPointerMove={(event) => {
          if (from !== undefined && Math.abs(placeOf(event) - from) >= CLICK) onBrush(between(from, placeOf(event)));
        }}
        onPointerUp={end}
        onPointerCancel={() => setFrom(undefined)}
      />
    </>
  );
}
