import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { METHOD_METAS, type MethodId } from '@/methods/metas.ts';
import type { MethodPlan, ModuleSummary } from '@/protocol/model.ts';
import type { OptionSpec } from '@/protocol/options.ts';
import type { Problem } from '@/protocol/problems.ts';
import { Card } from '../controls/card.tsx';
import type { ListItem } from '../controls/list-field.tsx';
import { OptionForm } from '../controls/option-form.tsx';
import { useProblemWords } from '../controls/problem-words.ts';
import { ProgressBar } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { CompareSeveral } from './compare-several.tsx';
import { MemoryParts, MemoryTip } from './memory-parts.tsx';
import styles from './method-card.module.css';
import { useHindrance } from './readiness.ts';
import { usePlan } from './use-plan.ts';
import { useTask } from './use-task.ts';

const METHOD_IDS = Object.keys(METHOD_METAS) as MethodId[];

/** A cost below this, against full, is no longer told apart. */
const LEAST = 0.01;
/** Nor is a share of the weights below this. */
const LEAST_SHARE = 0.001;

/** Every method with what it would cost on this model and data, and the options of the chosen one. */
export function MethodCard() {
  const { t } = useTranslation('model');
  const method = useStudio((state) => state.settings.method);
  const { setMethod } = useActions();
  const planned = usePlan();
  const full = planned?.plan.plans.find((plan) => plan.method === 'full');
  const options: readonly OptionSpec[] = METHOD_METAS[method.id as MethodId]?.options ?? [];
  const unfit = new Map(planned?.plan.unfit.map(({ method: id, problem }) => [id, problem]));
  const ordered = METHOD_IDS.toSorted((a, b) => Number(unfit.has(a)) - Number(unfit.has(b)));
  const modules = useModuleItems();
  const waits = useHindrance() === undefined;
  /** A list of stages begins with those that move now. */
  const choose = (id: MethodId) => {
    const specs: readonly OptionSpec[] = METHOD_METAS[id].options;
    const list = specs.find((spec) => spec.type === 'list' && spec.of === 'stages');
    const moving = planned?.plan.stages.filter(({ trainable }) => trainable > 0).map(({ name }) => name) ?? [];
    return setMethod(id, list && id !== method.id ? { [list.name]: moving } : {});
  };
  return (
    <Card title={t('method.title')} aside={<CompareSeveral />} flush>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th className={styles.pick}>
                <span className="visually-hidden">{t('method.choice')}</span>
              </th>
              <th>{t('method.moves')}</th>
              <th className={styles.right}>{t('method.trainable')}</th>
              <th className={styles.right}>{t('method.memory')}</th>
              <th className={styles.step}>{t('method.step')}</th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((id) => (
              <MethodRow
                key={id}
                id={id}
                checked={method.id === id}
                plan={planned?.plan.plans.find((plan) => plan.method === id)}
                full={full}
                problem={unfit.get(id)}
                waits={waits}
                onChoose={() => choose(id)}
              />
            ))}
          </tbody>
        </table>
        {planned?.chosen && <MemoryParts plan={planned.chosen} />}
        {options.length > 0 && (
          <div className={styles.options}>
            <OptionForm
              specs={options}
              values={method.options}
              lists={{ modules }}
              onChange={(name, value) => setMethod(method.id as MethodId, { ...method.options, [name]: value })}
            />
          </div>
        )}
        <p className={`${styles.note} tiny faint`}>{t('method.note')}</p>
      </div>
    </Card>
  );
}

/** Layers that the chosen method can be put on: how many there are of each, and their weights. */
function useModuleItems(): readonly ListItem[] {
  const { t } = useTranslation('model');
  const modules = useStudio((state) => state.plan?.modules ?? NO_MODULES);
  const method = useStudio((state) => state.settings.method.id);
  return modules.map(({ name, count, parameters, chosenBy }) => ({
    value: name,
    note: t('method.module', { count, parameters: t('method.weights', { count: parameters }) }),
    begins: chosenBy.includes(method),
  }));
}
const NO_MODULES: readonly ModuleSummary[] = [];

interface MethodRowProps {
  id: MethodId;
  checked: boolean;
  /** Missing while the weights load. */
  plan: MethodPlan | undefined;
  full: MethodPlan | undefined;
  /** Why it does not fit. */
  problem: Problem | undefined;
  /** Whether a plan is on its way, where there is none. */
  waits: boolean;
  onChoose(): void;
}

function MethodRow({ id, checked, plan, full, problem, waits, onChoose }: MethodRowProps) {
  const { t } = useTranslation('model');
  const { output } = useTask();
  const format = useFormat();
  const relative = plan && full && full.stepFlops > 0 ? plan.stepFlops / full.stepFlops : Number.NaN;
  const share = plan ? plan.trainable / plan.total : Number.NaN;
  const name = t(`method.${id}.name`);
  const words = useProblemWords();
  const waiting = problem || !waits ? '–' : <Skeleton height={14} width={56} display="inline-block" />;
  return (
    <tr data-checked={checked || undefined} data-unfit={problem ? true : undefined}>
      <td>
        <input
          type="radio"
          name="method"
          id={`method-${id}`}
          className={styles.radio}
          checked={checked}
          // one that is chosen can be mended by its options
          disabled={problem !== undefined && !checked}
          onChange={onChoose}
        />
      </td>
      <td>
        <label htmlFor={`method-${id}`} className={styles.label}>
          <b>{name}</b>
          <span className="tiny faint">
            {problem
              ? `${words(problem).what} ${checked ? words(problem).next : ''}`
              : t(`method.${id}.note`, output === 'token' ? { context: 'token' } : {})}
          </span>
        </label>
      </td>
      <td className={styles.right} data-label={t('method.trainable')}>
        {plan ? format.number(plan.trainable, 0) : waiting}
        {plan && (
          <div className="tiny faint">
            {share < LEAST_SHARE ? `<${format.percent(LEAST_SHARE)}` : format.percent(share)}
          </div>
        )}
      </td>
      <td className={styles.right} data-label={t('method.memory')}>
        {plan ? <MemoryTip plan={plan} name={name} /> : waiting}
      </td>
      <td data-label={t('method.step')}>
        {plan ? (
          <div className={styles.cost}>
            <ProgressBar label={t('method.relative', { name })} share={Math.min(1, relative || 0)} />
            <span className="tiny">{relative < LEAST ? `<${format.fixed(LEAST, 2)}` : format.fixed(relative, 2)}×</span>
          </div>
        ) : (
          waiting
        )}
      </td>
    </tr>
  );
}
