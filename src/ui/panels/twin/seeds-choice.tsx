import { useTranslation } from 'react-i18next';
import { Segmented } from '@/ui/controls/segmented.tsx';

interface SeedsChoiceProps<Count extends string> {
  counts: readonly Count[];
  seeds: Count;
  onChange(seeds: Count): void;
}

/** On how many seeds the runs are made. */
export function SeedsChoice<Count extends string>({ counts, seeds, onChange }: SeedsChoiceProps<Count>) {
  const { t } = useTranslation('twin');
  return (
    <>
      <span className="small muted" aria-hidden="true">
        {t('seeds')}
      </span>
      <Segmented<Count>
        label={t('seeds')}
        value={seeds}
        onChange={onChange}
        options={counts.map((value) => ({ value, label: value }))}
      />
    </>
  );
}
