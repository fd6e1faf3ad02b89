import { useTranslation } from 'react-i18next';
import type { ColumnRole, TableSummary, TextMapping } from '@/protocol/text.ts';
import styles from './tables-card.module.css';

/** Enough to tell the columns by. */
const ROWS = 4;

/** The first rows of a table; columns that play a role are marked and say which. */
export function TablePreview({ table, mapping }: { table: TableSummary; mapping: TextMapping }) {
  const { t } = useTranslation('data');
  const roles = new Map(Object.entries(mapping.columns).map(([role, column]) => [column, role as ColumnRole]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('table.preview', { file: table.file })}>
      <table className={styles.preview}>
        <thead>
          <tr>
            {table.columns.map((column) => {
              const role = roles.get(column);
              return (
                <th key={column} scope="col" data-chosen={role !== undefined || undefined}>
                  <span dir="auto">{column}</span>
                  {role && <span className={styles.role}>{t(`role.${role}`)}</span>}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.preview.slice(0, ROWS).map((cells, row) => (
            <tr key={row}>
              {table.columns.map((column, i) => (
                <td key={column} data-chosen={roles.has(column) || undefined}>
                  <span dir="auto">{cells[i]}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
