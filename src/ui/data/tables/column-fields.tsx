import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LAYOUTS, type Layout, type TextMapping } from '@/protocol/text.ts';
import { isOptional, rolesOf, withColumn, withLayout } from './mapping-draft.ts';
import styles from './tables-card.module.css';

interface ColumnFieldsProps {
  mapping: TextMapping;
  columns: readonly string[];
  disabled: boolean;
  onChange(mapping: TextMapping): void;
}

/** What the rows hold, and a column for each role. */
export function ColumnFields({ mapping, columns, disabled, onChange }: ColumnFieldsProps) {
  const { t } = useTranslation('data');
  const { layout } = mapping;
  const layouts = Object.keys(LAYOUTS) as Layout[];
  return (
    <div className={styles.fields}>
      <Select
        size="xs"
        label={t('table.layout')}
        description={t(`layout.${layout}.note`)}
        inputWrapperOrder={['label', 'input', 'description']}
        allowDeselect={false}
        disabled={disabled}
        value={layout}
        data={layouts.map((value) => ({ value, label: t(`layout.${value}.name`) }))}
        onChange={(value) => value && onChange(withLayout(mapping, value as Layout))}
      />
      {rolesOf(layout).map((role) => {
        const optional = isOptional(layout, role);
        return (
          <Select
            key={role}
            size="xs"
            label={t(`role.${role}`)}
            description={role === 'label' && !mapping.columns.label ? t('table.noLabel') : undefined}
            inputWrapperOrder={['label', 'input', 'description']}
            placeholder={t(optional ? 'table.none' : 'table.choose')}
            error={!optional && !mapping.columns[role]}
            searchable={columns.length > 10}
            clearable={optional}
            clearButtonProps={{ 'aria-label': t('table.noColumn', { role: t(`role.${role}`) }) }}
            allowDeselect={false}
            disabled={disabled}
            value={mapping.columns[role] ?? null}
            data={[...columns]}
            onChange={(column) => onChange(withColumn(mapping, role, column))}
          />
        );
      })}
    </div>
  );
}
