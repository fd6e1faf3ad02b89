import { Button, Checkbox, Modal, NumberInput, Switch } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OptionSpec, OptionValue } from '@/protocol/options.ts';
import { axesFor } from '@/session/axes.ts';
import { type Axis, type AxisPlace, epochsToRun, rungs, wrongWith } from '@/session/search.ts';
import { candidatesOf, type SearchPlan } from '@/session/trials.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { OptionForm } from '../controls/option-form.tsx';
import { Segmented } from '../controls/segmented.tsx';
import { useSettingValue } from '../controls/setting-changes.tsx';
import { useFormat } from '../format.ts';
import { useReadiness } from '../model/readiness.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './compare.module.css';

/** Of every so many one goes on. */
const ETA = 3;
/** Runs that a search may have: more would take days. */
const MOST = 200;
const COUNT = { name: 'count', type: 'integer', default: 9, min: 2, max: 81 } as const satisfies OptionSpec;
const PER_AXIS = { name: 'perAxis', type: 'integer', default: 3, min: 2, max: 9 } as const satisfies OptionSpec;

/** Chooses what a search varies and how it goes about it. */
export function SearchDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation(['compare', 'shell']);
  const settings = useStudio((state) => state.settings);
  const { search, show } = useActions();
  const { ready, reason } = useReadiness();
  const all = useMemo(() => axesFor(settings), [settings]);
  const places = [...new Set(all.map(({ place }) => place))];
  const groups = useGroups();
  const wordsOf = useWrong();
  const [changed, setChanged] = useState<Readonly<Record<string, Axis>>>({});
  const [picked, setPicked] = useState<readonly string[]>(['learningRate']);
  const [how, setHow] = useState<SearchPlan['how']>('random');
  const [counts, setCounts] = useState<Record<'count' | 'perAxis', number>>({
    count: COUNT.default,
    perAxis: PER_AXIS.default,
  });
  const [halving, setHalving] = useState(true);
  const axes = all.filter(({ name }) => picked.includes(name)).map((axis) => changed[axis.name] ?? axis);
  const count = how === 'grid' ? counts.perAxis : counts.count;
  const plan: SearchPlan = { axes, how, count, eta: halving ? ETA : 1 };
  const wrong = axes.map((axis) => ({ axis, why: wrongWith(axis) })).find(({ why }) => why);
  const runs = wrong ? 0 : candidatesOf(plan, settings).length;
  const epochs = epochsToRun(rungs(runs, settings.epochs, plan.eta));
  const begin = () => {
    onClose();
    show('compare');
    void search(plan);
  };
  const lack = !ready
    ? reason
    : axes.length === 0
      ? t('search.none')
      : wrong
        ? wordsOf(wrong.axis, wrong.why)
        : runs > MOST
          ? t('search.tooMany', { runs, most: MOST })
          : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<b>{t('search.title')}</b>}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <p className="small muted">{t('search.note')}</p>
      <div className={styles.axes}>
        {places.map((place) => (
          <section key={place} aria-labelledby={`axes-${place}`}>
            <h3 id={`axes-${place}`} className="small">
              {groups[place]}
            </h3>
            <ul>
              {all
                .filter((axis) => axis.place === place)
                .map((axis) => (
                  <AxisRow
                    key={axis.name}
                    axis={changed[axis.name] ?? axis}
                    whole={axis}
                    on={picked.includes(axis.name)}
                    onTurn={(on) =>
                      setPicked(on ? [...picked, axis.name] : picked.filter((name) => name !== axis.name))
                    }
                    onChange={(next) => setChanged({ ...changed, [axis.name]: next })}
                  />
                ))}
            </ul>
          </section>
        ))}
      </div>
      <div className={styles.how}>
        <Segmented<SearchPlan['how']>
          label={t('search.how')}
          value={how}
          onChange={setHow}
          options={(['random', 'grid'] as const).map((value) => ({ value, label: t(`search.${value}`) }))}
        />
        <Switch
          size="sm"
          checked={halving}
          onChange={(event) => setHalving(event.currentTarget.checked)}
          label={t('search.halving')}
        />
      </div>
      <p className="tiny faint">{t(halving ? 'search.halvingNote' : 'search.wholeNote', { eta: ETA })}</p>
      <div className={styles.fields}>
        <OptionForm
          specs={how === 'grid' ? [PER_AXIS] : [COUNT]}
          values={counts}
          onChange={(name, value) => setCounts({ ...counts, [name]: Number(value) })}
        />
      </div>
      <div className={`row wrap ${styles.begin}`}>
        <Button variant="filled" leftSection={<IconPlayerPlay size={16} />} disabled={Boolean(lack)} onClick={begin}>
          {t('start', { count: runs })}
        </Button>
        <span className="small muted" aria-live="polite">
          {lack ?? t('epochs', { count: epochs })}
        </span>
      </div>
    </Modal>
  );
}

/** What the groups of settings are called, as the cards of Model are. */
function useGroups(): Readonly<Record<AxisPlace, string>> {
  const { t } = useKindTranslation('model');
  return {
    training: t('settings.title'),
    method: t('method.title'),
    task: t('task.title'),
    augmentation: t('augmentation.title'),
    earlyStopping: t('option:enabled.label'),
    fewShot: t('fewShot.title'),
    cures: t('cures:title'),
  };
}

/** What an axis lacks, in words. */
function useWrong(): (axis: Axis, why: ReturnType<typeof wrongWith>) => string {
  const { t } = useTranslation(['compare', 'option']);
  const format = useFormat();
  return ({ name, over }, why) => {
    if (why !== 'bounds' || !('bounds' in over)) return t('compare:search.wrong');
    const [min, max] = over.bounds!.map((end) => format.number(end, 6));
    return t('compare:search.bounds', { label: t(`option:${name}.label`, { defaultValue: name }), min, max });
  };
}

interface AxisRowProps {
  axis: Axis;
  /** With all values that it may have. */
  whole: Axis;
  on: boolean;
  onTurn(on: boolean): void;
  onChange(axis: Axis): void;
}

function AxisRow({ axis, whole, on, onTurn, onChange }: AxisRowProps) {
  const { t } = useTranslation(['compare', 'option']);
  const write = useSettingValue();
  const label = t(`option:${axis.name}.label`, { defaultValue: axis.name });
  const { over } = axis;
  return (
    <li>
      <Checkbox checked={on} onChange={(event) => onTurn(event.currentTarget.checked)} label={label} />
      {on && 'min' in over && (
        <div className={styles.range}>
          {(['min', 'max'] as const).map((end) => (
            <NumberInput
              key={end}
              size="xs"
              hideControls
              aria-label={t(`search.${end}`, { label })}
              value={over[end]}
              allowDecimal={!over.whole}
              decimalScale={9}
              onChange={(value) =>
                onChange({ ...axis, over: { ...over, [end]: value === '' ? Number.NaN : Number(value) } })
              }
            />
          ))}
        </div>
      )}
      {on && !('min' in over) && (
        <div className={styles.choices}>
          {(whole.over as readonly OptionValue[]).map((value) => (
            <Checkbox
              key={String(value)}
              size="xs"
              label={write(axis.name, value)}
              checked={over.includes(value)}
              onChange={(event) => {
                const wanted = event.currentTarget.checked;
                const values = (whole.over as readonly OptionValue[]).filter((one) =>
                  one === value ? wanted : over.includes(one),
                );
                onChange({ ...axis, over: values });
              }}
            />
          ))}
        </div>
      )}
    </li>
  );
}
