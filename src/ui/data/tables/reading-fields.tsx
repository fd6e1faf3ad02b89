import { Checkbox, Select, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ENCODINGS, type Encoding, type TableReading, type TableSummary } from '@/protocol/text.ts';
import styles from './tables-card.module.css';

interface ReadingFieldsProps {
  tables: readonly TableSummary[];
  /** Index of the one that is shown. */
  file: number;
  disabled: boolean;
  onFile(file: number): void;
  onChange(readings: Readonly<Record<string, Partial<TableReading>>>): void;
}

/** Names, the same in every language. */
const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  gb18030: 'GB 18030',
  'windows-1251': 'Windows-1251',
  'kz-1048': 'KZ-1048',
  'windows-1252': 'Windows-1252',
};
const FORMAT_NAMES: Readonly<Record<string, string>> = {
  csv: 'CSV',
  jsonl: 'JSONL',
  json: 'JSON',
  txt: 'TXT',
  parquet: 'Parquet',
  xlsx: 'Excel',
};
const DELIMITERS = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const;

/** A file, and how it is written: guessed, and to be put right where the guess is wrong. */
export function ReadingFields({ tables, file, disabled, onFile, onChange }: ReadingFieldsProps) {
  const { t } = useTranslation('data');
  const [all, setAll] = useState(false);
  const table = tables[Math.min(file, tables.length - 1)]!;
  const { reading } = table;
  const delimited = table.format === 'csv';
  const encoded = !['parquet', 'xlsx'].includes(table.format);
  const set = (change: Partial<TableReading>) => {
    const alike = all ? tables.filter((other) => other.format === table.format) : [table];
    onChange(Object.fromEntries(alike.map((one) => [one.file, change])));
  };
  const known = Object.entries(DELIMITERS).map(([value, name]) => ({ value, label: t(`table.delimiters.${name}`) }));
  const other = known.some(({ value }) => value === reading.delimiter)
    ? []
    : [{ value: reading.delimiter, label: reading.delimiter || '–' }];
  const facts = [
    FORMAT_NAMES[table.format] ?? table.format,
    t('table.rows', { count: table.rows }),
    ...(table.split ? [t(`split.${table.split}`)] : []),
  ];
  return (
    <div className={styles.reading}>
      <div className={styles.file}>
        {tables.length > 1 ? (
          <Select
            size="xs"
            label={t('table.file')}
            searchable={tables.length > 10}
            allowDeselect={false}
            disabled={disabled}
            value={String(file)}
            data={tables.map((one, i) => ({ value: String(i), label: one.file }))}
            onChange={(value) => value && onFile(Number(value))}
          />
        ) : (
          <b title={table.file}>{table.file}</b>
        )}
        <span className="small muted num">{facts.join(' · ')}</span>
      </div>
      {encoded && (
        <Select
          size="xs"
          w={150}
          label={t('table.encoding')}
          allowDeselect={false}
          disabled={disabled}
          value={reading.encoding}
          data={ENCODINGS.map((value) => ({ value, label: ENCODING_NAMES[value] }))}
          onChange={(encoding) => encoding && set({ encoding: encoding as Encoding })}
        />
      )}
      {delimited && (
        <Select
          size="xs"
          w={150}
          label={t('table.delimiter')}
          allowDeselect={false}
          disabled={disabled}
          value={reading.delimiter}
          data={[...known, ...other]}
          onChange={(delimiter) => delimiter && set({ delimiter })}
        />
      )}
      {(delimited || table.format === 'xlsx') && (
        <Switch
          size="xs"
          label={t('table.header')}
          disabled={disabled}
          checked={reading.header}
          onChange={({ currentTarget }) => set({ header: currentTarget.checked })}
        />
      )}
      {tables.length > 1 && (encoded || delimited) && (
        <Checkbox
          size="xs"
          label={t('table.all')}
          checked={all}
          onChange={({ currentTarget }) => setAll(currentTarget.checked)}
        />
      )}
      <p className="tiny faint">{t('table.guessed')}</p>
    </div>
  );
}
