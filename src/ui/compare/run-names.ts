import { useTranslation } from 'react-i18next';
import { namedBy } from '@/session/comparison.ts';
import type { RunRecord } from '@/session/store.ts';
import { useSettingValue } from '../controls/setting-changes.tsx';
import { useMethodWords } from '../panels/run-words.ts';

/** What tells a run from the others, in words; a person's own name comes first. */
export function useNames(among: readonly RunRecord[]): (run: RunRecord) => string {
  const { t } = useTranslation(['compare', 'option']);
  const write = useSettingValue();
  const method = useMethodWords();
  return (run) => {
    if (run.name) return run.name;
    const told = namedBy(run, among);
    const words = told.flatMap(([name, value]) => {
      if (name === 'model') return [run.modelName];
      // its words have the option in them
      if (name === 'method' || (name === 'stages' && told.some(([other]) => other === 'method'))) return [];
      const label = t(`option:${name}.label`, { defaultValue: name });
      return [t('compare:setting', { label, value: write(name, value) })];
    });
    const named = told.some(([name]) => name === 'method') || words.length === 0;
    return [...(named ? [method(run)] : []), ...words].join(', ');
  };
}
