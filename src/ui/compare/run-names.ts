import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { namesOf } from '@/session/comparison.ts';
import type { RunRecord } from '@/session/store.ts';
import { useSettingValue } from '../controls/setting-changes.tsx';
import { useMethodWords } from '../panels/run-words.ts';

/** What tells a run from the others, in words; a person's own name comes first. The same function for the same runs. */
export function useNames(among: readonly RunRecord[]): (run: RunRecord) => string {
  const { t } = useTranslation(['compare', 'option']);
  const write = useSettingValue();
  const method = useMethodWords();
  const named = useMemo(() => new Map([...namesOf(among)].map(([{ id }, told]) => [id, told])), [among]);
  return useCallback(
    (run) => {
      if (run.name) return run.name;
      const told = named.get(run.id) ?? [];
      const words = told.flatMap(([name, value]) => {
        if (name === 'model') return [run.modelName];
        // its words have the option in them
        if (name === 'method' || (name === 'stages' && told.some(([other]) => other === 'method'))) return [];
        const label = t(`option:${name}.label`, { defaultValue: name });
        return [t('compare:setting', { label, value: write(name, value) })];
      });
      const byMethod = told.some(([name]) => name === 'method') || words.length === 0;
      return [...(byMethod ? [method(run)] : []), ...words].join(', ');
    },
    [named, t, write, method],
  );
}
