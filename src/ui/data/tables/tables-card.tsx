import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextSummary } from '@/protocol/dataset.ts';
import type { TableReading, TextMapping } from '@/protocol/text.ts';
import { Card } from '../../controls/card.tsx';
import { ProgressLine } from '../../controls/progress-line.tsx';
import { useActions, useStudio } from '../../studio-context.tsx';
import { ColumnFields } from './column-fields.tsx';
import { LosesWork } from './loses-work.tsx';
import { missingOf, rolesOf, sameMapping } from './mapping-draft.ts';
import { ReadingFields } from './reading-fields.tsx';
import { TablePreview } from './table-preview.tsx';
import styles from './tables-card.module.css';

/** The same files, understood or read in another way. */
export interface Reread {
  mapping?: TextMapping;
  readings?: Readonly<Record<string, Partial<TableReading>>>;
}

/** How the tables are read: what their rows hold, which column says what, how each file is written. All of it can be changed. */
export function TablesCard({ dataset }: { dataset: TextSummary }) {
  const { t } = useTranslation('data');
  const { draft, setDraft, change, reading, asked, answer, edited, runs } = useReread(dataset);
  const [open, setOpen] = useState(!edited && runs === 0);
  const [file, setFile] = useState(0);
  const table = dataset.tables[Math.min(file, dataset.tables.length - 1)];
  const missing = missingOf(draft);
  if (!table) return null;
  return (
    <Card
      title={t('table.title')}
      aside={
        <Button size="xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'table.close' : 'table.change')}
        </Button>
      }
    >
      {!open ? (
        <Summary dataset={dataset} />
      ) : (
        <div className={styles.body} aria-busy={reading}>
          <ColumnFields
            mapping={draft}
            columns={[...new Set(dataset.tables.flatMap(({ columns }) => columns))]}
            disabled={reading}
            onChange={(mapping) => {
              setDraft(mapping);
              if (missingOf(mapping).length === 0 && !sameMapping(mapping, dataset.mapping)) change({ mapping });
            }}
          />
          {missing.length > 0 && (
            <p className="small" role="status">
              {t('table.missing', { role: t(`role.${missing[0]}`) })}
            </p>
          )}
          <ReadingFields
            tables={dataset.tables}
            file={file}
            disabled={reading}
            onFile={setFile}
            onChange={(readings) => change({ readings })}
          />
          <TablePreview table={table} mapping={draft} />
          {reading && <Reading />}
        </div>
      )}
      {asked && <LosesWork edited={edited} runs={runs} onAnswer={answer} />}
    </Card>
  );
}

/** Reads anew what was changed; asks first where work would be lost with it. */
function useReread(dataset: TextSummary) {
  const { remap } = useActions();
  const runs = useStudio((state) => Object.keys(state.runs).length);
  const [draft, setDraft] = useState(dataset.mapping);
  const [reading, setReading] = useState(false);
  const [asked, setAsked] = useState<Reread>();
  useEffect(() => setDraft(dataset.mapping), [dataset.mapping]);
  const edited = dataset.undo !== undefined || dataset.editedBefore;

  async function read(to: Reread): Promise<void> {
    setReading(true);
    // what could not be read leaves what was open
    if (!(await remap(to))) setDraft(dataset.mapping);
    setReading(false);
  }
  return {
    draft,
    setDraft,
    reading,
    asked,
    edited,
    runs,
    change: (to: Reread) => (edited || runs > 0 ? setAsked(to) : void read(to)),
    answer: (yes: boolean) => {
      setAsked(undefined);
      if (yes && asked) void read(asked);
      else setDraft(dataset.mapping);
    },
  };
}

/** Which column says what, in a line. */
function Summary({ dataset: { mapping } }: { dataset: TextSummary }) {
  const { t } = useTranslation('data');
  return (
    <dl className={styles.summary}>
      {rolesOf(mapping.layout).flatMap((role) => {
        const column = mapping.columns[role];
        return column === undefined
          ? []
          : [
              <div key={role}>
                <dt>{t(`role.${role}`)}</dt>
                <dd>{column}</dd>
              </div>,
            ];
      })}
    </dl>
  );
}

function Reading() {
  const { t } = useTranslation('data');
  const progress = useStudio((state) => state.progress.files);
  return <ProgressLine label={t('readingFiles')} progress={progress ?? { done: 0, total: 0, unit: 'items' }} />;
}
