import { useTranslation } from 'react-i18next';
import { Segmented } from '../controls/segmented.tsx';

export type View = 'chart' | 'table';

/** The same numbers drawn or written. */
export function ChartOrTable({ view, onView }: { view: View; onView(view: View): void }) {
  const { t } = useTranslation('evaluate');
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
