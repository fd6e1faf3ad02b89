import { Slider, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { type PointerEvent, type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Inside, InsideMetric } from '@/protocol/inside.ts';
import { useFormat } from '@/ui/format.ts';
import styles from './inside.module.css';
import { metricScale, SCALE_GRADIENT, type Scale, stageValues, weightValues } from './scale.ts';
import { Strip } from './strip.tsx';
import { useFigure } from './use-figure.ts';

interface HeatMapProps {
  inside: Inside;
  metric: InsideMetric;
  /** Validations that the run may come to. */
  columns: number;
}

/**
 * Stages below each other, validations side by side: a table whose middle column is drawn. Its last column says the figures
 * of one validation, the newest or the one that is pointed at or chosen below.
 */
export function HeatMap({ inside: { shape, looks }, metric, columns }: HeatMapProps) {
  const { t } = useTranslation('inside');
  const format = useFormat();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [chosen, choose] = useState<number>();
  const [pointed, point] = useState<number>();
  const scale = useMemo(() => metricScale(looks, shape, metric), [looks, shape, metric]);
  const last = looks.length - 1;
  const at = Math.min(pointed ?? chosen ?? last, last);
  const width = Math.max(columns, looks.length);
  const epoch = format.number(looks[at]!.epoch, 2);
  const pointAt = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width: across } = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((width * (event.clientX - left)) / across);
    point(column >= 0 && column <= last ? column : undefined);
  };
  const row = { metric, scale, at, width, onPoint: pointAt, onLeave: () => point(undefined) };
  const toggle = (stage: number) =>
    setOpen((before) =>
      before.has(stage) ? new Set([...before].filter((one) => one !== stage)) : new Set([...before, stage]),
    );
  return (
    <div className={styles.map}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('stage')}</th>
            <th scope="col" className={styles.drawn}>
              <span className={styles.from}>{t('epochs')}</span>
            </th>
            <th scope="col" className="num">
              {t('epoch', { epoch })}
            </th>
          </tr>
        </thead>
        <tbody>
          {shape.stages.map((stage, s) => {
            const own = shape.weights.flatMap((weight, i) => (weight.stage === s ? [{ ...weight, i }] : []));
            const opens = metric !== 'dead' && own.length > 0;
            return [
              <Row
                key={stage}
                {...row}
                name={opens ? <Opener stage={stage} open={open.has(s)} onToggle={() => toggle(s)} /> : stage}
                values={stageValues(looks, metric, s)}
              />,
              ...(opens && open.has(s)
                ? own.map(({ name, began, i }) => (
                    <Row
                      key={name}
                      {...row}
                      weight
                      name={
                        <>
                          {name} {began !== 'pretrained' && <span className="faint">{t(`began.${began}`)}</span>}
                        </>
                      }
                      values={weightValues(looks, metric, i)}
                    />
                  ))
                : []),
            ];
          })}
        </tbody>
      </table>
      {last > 0 && (
        <div className={styles.when}>
          <Slider
            size={4}
            thumbSize={16}
            min={0}
            max={last}
            label={null}
            value={Math.min(chosen ?? last, last)}
            onChange={(value) => choose(value === last ? undefined : value)}
            thumbLabel={t('when')}
            className={styles.slider ?? ''}
            style={{ width: `${(100 * looks.length) / width}%` }}
          />
        </div>
      )}
      <Legend metric={metric} scale={scale} />
    </div>
  );
}

function Opener({ stage, open, onToggle }: { stage: string; open: boolean; onToggle(): void }) {
  return (
    <UnstyledButton className={styles.opener ?? ''} aria-expanded={open} onClick={onToggle}>
      <IconChevronRight size={14} data-open={open || undefined} aria-hidden="true" />
      {stage}
    </UnstyledButton>
  );
}

interface RowProps {
  name: ReactNode;
  values: readonly number[];
  metric: InsideMetric;
  scale: Scale | undefined;
  at: number;
  width: number;
  /** Of a stage's weights. */
  weight?: boolean;
  onPoint(event: PointerEvent<SVGSVGElement>): void;
  onLeave(): void;
}

function Row({ name, values, metric, scale, at, width, weight = false, onPoint, onLeave }: RowProps) {
  const figure = useFigure(metric);
  return (
    <tr data-weight={weight || undefined}>
      <th scope="row">{name}</th>
      <td className={styles.drawn} aria-hidden="true">
        <Strip values={values} scale={scale} at={at} width={width} onPoint={onPoint} onLeave={onLeave} />
      </td>
      <td className="num">{figure(values[at]!)}</td>
    </tr>
  );
}

function Legend({ metric, scale }: { metric: InsideMetric; scale: Scale | undefined }) {
  const { t } = useTranslation('inside');
  const figure = useFigure(metric);
  return (
    <p className={styles.legend}>
      {scale && (
        <span>
          <b className="num">{figure(scale.low)}</b>
          <i className={styles.gradient} style={{ background: SCALE_GRADIENT }} />
          <b className="num">{figure(scale.high)}</b> {t(`unit.${metric}`)}
          {scale.kind === 'log' && `, ${t('log')}`}
        </span>
      )}
      <span>
        <i className={styles.zero} /> {t(`zero.${metric}`)}
      </span>
      <span>
        <i className={styles.none} /> {t(`missing.${metric}`)}
      </span>
    </p>
  );
}
