import { useKindTranslation } from '../controls/kind-translation.ts';
import { Segmented } from '../controls/segmented.tsx';

export type View = 'chart' | 'table';

/** The same numbers drawn or written. */
export function ChartOrTable({ view, onView }: { view: View; onView(view: View): void }) {
  const { t } = useKindTranslation('evaluate');
  return (
    <Segmented<View>
      label={t('view.label')}
      value={view}
      onChange={onView}
      options={[
        { value: 'chart', label: t('view.chart') },
        { value: 'table', label: t('view.table') },
      ]}
    />
  );
}
