import { Select, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { type Filter, PARTS, type Part } from './filter.ts';
import styles from './gallery.module.css';

interface FilterBarProps {
  filter: Filter;
  /** What the report's filter is called. */
  finding: string | undefined;
  onChange(filter: Filter): void;
}

/** Which examples are shown: by name or words, by split, left out or not, or those that a finding is about. */
export function FilterBar({ filter, finding, onChange }: FilterBarProps) {
  const { t } = useKindTranslation('data');
  return (
    <div className={styles.filters}>
      <TextInput
        size="xs"
        type="search"
        className={styles.search}
        aria-label={t('gallery.search')}
        placeholder={t('gallery.search')}
        leftSection={<IconSearch size={14} />}
        value={filter.text}
        onChange={({ currentTarget }) => onChange({ ...filter, text: currentTarget.value })}
      />
      <Select
        size="xs"
        w={170}
        aria-label={t('gallery.part')}
        value={filter.part}
        comboboxProps={{ keepMounted: false }}
        data={PARTS.map((part) => ({ value: part, label: t(`part.${part}`) }))}
        onChange={(part) => part && onChange({ ...filter, part: part as Part })}
      />
      {filter.among && finding && (
        <button
          type="button"
          className={styles.chip}
          onClick={() => onChange({ ...filter, among: undefined })}
          aria-label={t('gallery.unfilter', { name: finding })}
        >
          <span>{finding}</span>
          <IconX size={13} stroke={2.2} />
        </button>
      )}
    </div>
  );
}
