import { Checkbox, Switch } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconPin } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import { type FigureId, LESS_IS_BETTER, settingOf } from '@/session/comparison.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { useSettingValue } from '../controls/setting-changes.tsx';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { RunMarker, runColor } from '../panels/run-marker.tsx';
import { answerContext, useMethodWords } from '../panels/run-words.ts';
import { bestOf, figureNames, type Order, type Row, rowsOf, SETTING, settingNames, sorted } from './columns.ts';
import styles from './compare.module.css';
import { RunMenu } from './run-menu.tsx';

interface DiffersProps {
  runs: readonly RunRecord[];
  /** Ids of those that the charts show. */
  chosen: ReadonlySet<string>;
  onChoose(id: string, chosen: boolean): void;
  nameOf(run: RunRecord): string;
}

/** Every run with what it tried and what it came to; sorts by any column. */
export function DiffersCard({ runs, chosen, onChoose, nameOf }: DiffersProps) {
  const { t } = useTranslation(['compare', 'option']);
  const [order, setOrder] = useState<Order>({ by: 'accuracy', down: true });
  const [onlyDiffering, setOnlyDiffering] = useState(true);
  const rows = useMemo(() => rowsOf(runs), [runs]);
  const names = useMemo(() => settingNames(runs, !onlyDiffering), [runs, onlyDiffering]);
  const best = bestOf(rows);
  const figureIds = figureNames(rows);
  const baseline = runs.find(({ pinned }) => pinned);
  const answers = runs[0] ? answerContext(runs[0]) : {};
  const turn = (by: string, down: boolean) =>
    setOrder((now) => (now.by === by ? { by, down: !now.down } : { by, down }));
  const head = (by: string, label: string, down = false, kind?: 'figure') => (
    <Head key={by} {...{ by, label, order, kind }} onTurn={() => turn(by, down)} />
  );
  const label = (name: string) =>
    name === 'model' || name === 'method' ? t(`column.${name}`) : t(`option:${name}.label`, { defaultValue: name });
  const table = () => ({
    header: ['run', 'name', 'notes', ...names, ...figureIds.map((id) => `result_${id}`)],
    rows: sorted(rows, order).map(({ run, figures }) => [
      run.number,
      nameOf(run),
      run.notes ?? '',
      ...names.map((name) => plain(settingOf(run.settings, name))),
      ...figureIds.map((id) => figures[id]),
    ]),
  });
  return (
    <Card
      flush
      title={t('differs.title')}
      aside={
        <span className={styles.switches}>
          {baseline && <span className="small muted">{t('differs.shaded')}</span>}
          <Switch
            size="sm"
            checked={onlyDiffering}
            onChange={(event) => setOnlyDiffering(event.currentTarget.checked)}
            label={t('differs.only')}
          />
        </span>
      }
      downloads={{ name: 'compare-runs', table }}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={t('differs.title')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{t('differs.shown')}</span>
              </th>
              {head('number', t('differs.run'))}
              {names.map((name) => head(SETTING + name, label(name)))}
              {figureIds.map((id) => head(id, t(`figure.${id}`, answers), !LESS_IS_BETTER[id], 'figure'))}
              <th scope="col">
                <span className="visually-hidden">{t('differs.more')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted(rows, order).map((row) => (
              <RunRow
                key={row.run.id}
                {...{ row, names, figureIds, best, baseline, label, nameOf }}
                shown={chosen.has(row.run.id)}
                onShow={(shown) => onChoose(row.run.id, shown)}
              />
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

const plain = (value: ReturnType<typeof settingOf>): string | number | undefined =>
  typeof value === 'object' ? value.join(' ') : typeof value === 'boolean' ? String(value) : value;

interface HeadProps {
  by: string;
  label: string;
  order: Order;
  kind: 'figure' | undefined;
  onTurn(): void;
}

function Head({ by, label, order, kind, onTurn }: HeadProps) {
  const on = order.by === by;
  const Arrow = order.down ? IconChevronDown : IconChevronUp;
  return (
    <th scope="col" data-kind={kind} aria-sort={on ? (order.down ? 'descending' : 'ascending') : undefined}>
      <button type="button" className="plain-button" onClick={onTurn}>
        {label}
        {on && <Arrow size={14} aria-hidden="true" />}
      </button>
    </th>
  );
}

interface RunRowProps {
  row: Row;
  names: readonly string[];
  figureIds: readonly FigureId[];
  best: ReturnType<typeof bestOf>;
  baseline: RunRecord | undefined;
  shown: boolean;
  onShow(shown: boolean): void;
  label(name: string): string;
  nameOf(run: RunRecord): string;
}

function RunRow(props: RunRowProps) {
  const { row, names, figureIds, best, baseline, shown, onShow, label, nameOf } = props;
  const { run, figures } = row;
  const { t } = useTranslation(['compare', 'train']);
  const write = useFigure();
  const setting = useSetting();
  const answers = answerContext(run);
  const name = t('name', { number: run.number, name: nameOf(run) });
  return (
    <tr data-pinned={run.pinned || undefined}>
      <td className={styles.pick}>
        <span>
          <Checkbox
            size="xs"
            checked={shown}
            color={runColor(run.number)}
            onChange={(event) => onShow(event.currentTarget.checked)}
            aria-label={t('differs.show', { run: name })}
          />
          <RunMarker run={run.number} />
        </span>
      </td>
      <th scope="row">
        {name}
        {run.pinned && <StatusBadge icon={<IconPin size={12} />}>{t('differs.baseline')}</StatusBadge>}
        {!isOver(run.status.phase) && <StatusBadge>{t(`train:phase.${run.status.phase}`)}</StatusBadge>}
        {run.notes && <div className={`tiny faint ${styles.notes}`}>{run.notes}</div>}
      </th>
      {names.map((key) => {
        const differs =
          baseline && baseline !== run && !same(settingOf(run.settings, key), settingOf(baseline.settings, key));
        return (
          <td key={key} data-label={label(key)}>
            <span className={differs ? styles.diff : undefined}>{setting(run, key)}</span>
          </td>
        );
      })}
      {figureIds.map((id) => (
        <td key={id} data-kind="figure" data-label={t(`figure.${id}`, answers)}>
          {figures[id] !== undefined && figures[id] === best[id] ? (
            <b>{write(id, figures[id])}</b>
          ) : (
            write(id, figures[id])
          )}
        </td>
      ))}
      <td className={styles.menu}>
        <RunMenu run={run} name={name} />
      </td>
    </tr>
  );
}

const same = (a: unknown, b: unknown): boolean => String(a) === String(b);

/** A setting of a run as the page writes it: its model and method in their words. */
function useSetting(): (run: RunRecord, name: string) => ReactNode {
  const write = useSettingValue();
  const method = useMethodWords();
  return (run, name) => {
    const value = settingOf(run.settings, name);
    if (name === 'model') return run.modelName;
    if (name === 'method') return method(run);
    return value === undefined ? '–' : write(name, value);
  };
}

export function useFigure(): (id: FigureId, value: number | undefined) => string {
  const format = useFormat();
  return (id, value) => {
    if (value === undefined) return '–';
    switch (id) {
      case 'accuracy':
        return format.percent(value);
      case 'old':
        return format.signed(100 * value, 1);
      case 'loss':
        return format.fixed(value, 3);
      case 'seconds':
        return format.duration(value);
      case 'bytes':
        return format.bytes(value);
      default:
        return format.number(value, id === 'epochs' ? 1 : 0);
    }
  };
}
