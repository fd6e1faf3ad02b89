import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver, type Monitor } from '@/protocol/run.ts';
import { taskOf } from '@/session/defaults.ts';
import { extreme } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { useFormat } from '@/ui/format.ts';

export interface RunName {
  /** "Run 6" */
  run: string;
  /** "Last 4 stages", or what a person calls it. */
  method: string;
  /** "Run 6 · Last 4 stages" */
  full: string;
}

/** What a run is called: its number and its method, with the method's options in words. */
export function useRunName(): (run: RunRecord) => RunName {
  const { t } = useTranslation('train');
  const method = useMethodWords();
  return (record) => {
    const run = t('run', { number: record.number });
    const words = record.name || method(record);
    return { run, method: words, full: t('runName', { run, method: words }) };
  };
}

/** "Last 4 stages"; of a run that was dropped in, its model's name. */
export function useMethodWords(): (run: RunRecord) => string {
  const { t } = useTranslation(['train', 'model']);
  return useCallback(
    ({ modelName, imported, settings: { method, start } }) => {
      const count = Number(method.options.stages ?? 1);
      // a method whose options change what it is called has words of its own here
      const keys = [`train:method.${method.id}`, `model:method.${method.id}.name`];
      const words = t(keys, { ...method.options, count });
      if (imported) return modelName;
      return start === 'scratch' ? t('train:scratch', { method: words }) : words;
    },
    [t],
  );
}

/** Whether the run's model writes: its right answers are next tokens, not classes. */
export const writes = ({ settings }: Pick<RunRecord, 'settings'>): boolean => taskOf(settings).output === 'token';

/** The context of words about a run's right answers: `accuracy_token` beside `accuracy`. */
export const answerContext = (run: Pick<RunRecord, 'settings'>): { context?: 'token' } =>
  writes(run) ? { context: 'token' } : {};

/** A monitored value as its unit has it: a loss with three decimals, an accuracy in per cent. */
export function useMonitorValue(): (monitor: Monitor, value: number) => string {
  const format = useFormat();
  return (monitor, value) => (/accuracy$/i.test(monitor) ? format.percent(value) : format.fixed(value, 3));
}

/** Whether the worker keeps tuned weights of this run, to evaluate and to take along. */
export function hasWeights({ imported, status }: RunRecord): boolean {
  if (imported) return true;
  if (!isOver(status.phase) || status.finish === 'stop-discard') return false;
  return status.best !== undefined || status.finish === 'completed';
}

/** Right answers among the validation examples at the run's best epoch, whose weights are kept. */
export function bestAccuracy(run: RunRecord): { share: number; right: number; of: number } | undefined {
  const { validation, status } = run;
  const steps = validation.columns.step.subarray(0, validation.length);
  const i = status.best ? steps.lastIndexOf(status.best.step) : extreme(validation, 'accuracy', 'max');
  return i < 0 ? undefined : accuracyAt(validation, i);
}

export function accuracyAt({ columns }: RunRecord['validation'], i: number) {
  const share = columns.accuracy[i] ?? Number.NaN;
  const of = columns.examples[i] ?? 0;
  return { share, right: Math.round(share * of), of };
}
