import { Button } from '@mantine/core';
import { IconArrowBackUp, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { DatasetSummary, EditSummary, Finding } from '@/protocol/dataset.ts';
import type { Problem } from '@/protocol/problems.ts';
import { Card } from '../../controls/card.tsx';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { Note } from '../../controls/note.tsx';
import { ProblemNote } from '../../controls/problem-note.tsx';
import { useProblemWords } from '../../controls/problem-words.ts';
import { ProgressLine } from '../../controls/progress-line.tsx';
import { useFormat } from '../../format.ts';
import { useActions, useStudio } from '../../studio-context.tsx';
import { isLabelled } from '../labelled.ts';
import styles from './data-report.module.css';
import { FindingItem } from './finding-item.tsx';
import { filesBehind, leftOut, ofTheWhole } from './findings.ts';
import { useReport } from './use-report.ts';
import { WrongLabels } from './wrong-labels.tsx';

interface DataReportProps {
  dataset: DatasetSummary;
  /** Shows these examples in the gallery, under this name. */
  onShow(ids: ReadonlySet<number>, name: string): void;
}

/** Everything that was found: about the examples, about the whole, then each file that is not in use. */
export function DataReport({ dataset, onShow }: DataReportProps) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const { report, outdated } = useReport(dataset);
  const failed = useStudio((state) => state.problems.report);
  const progress = useStudio((state) => state.progress.report);
  const findings = report?.findings ?? [];
  // A finding says it with examples and a remedy, or the page beside what to do about it.
  const said = new Set<string>([...findings.map(({ kind }) => kind), 'image-unlabelled', 'one-class']);
  const whole = ofTheWhole(dataset.problems).filter(({ code }) => !said.has(code));
  const files = leftOut(dataset.problems);
  // A licence beside the pictures, as in a sample, is no fault of theirs.
  const faults = [...whole, ...files].filter(({ severity }) => severity !== 'note');
  const clean = report && faults.length === 0 && findings.length === 0;
  return (
    <Card
      title={t('report.title')}
      aside={
        <span className="tiny faint num">
          {outdated && !failed
            ? t('report.looking')
            : t('report.read', {
                files: t('report.files', { count: dataset.filesRead }),
                time: format.duration(dataset.readMs / 1000),
              })}
        </span>
      }
    >
      <div className={styles.list}>
        {whole.map((problem) => (
          <ProblemNote key={keyOf(problem)} problem={problem} />
        ))}
        {failed && <ProblemNote problem={failed} />}
        <Findings dataset={dataset} findings={findings} outdated={outdated} onShow={onShow} />
        {files.length > 0 && <LeftOut problems={files} />}
        {progress && progress.total > 0 && <ProgressLine label={t('report.looking')} progress={progress} />}
        {clean && (
          <Note tone="good" icon={<IconCheck size={16} />} title={t('report.clean', { count: report.examined })}>
            {t('report.cleanNote')}
          </Note>
        )}
        {isLabelled(dataset) && <WrongLabels dataset={dataset} onShow={onShow} />}
      </div>
    </Card>
  );
}

interface FindingsProps extends DataReportProps {
  findings: readonly Finding[];
  /** The data set has changed since: what a remedy would do may not be what it says. */
  outdated: boolean;
}

function Findings({ dataset, findings, outdated, onShow }: FindingsProps) {
  const { t } = useKindTranslation('data');
  const { edit, undo } = useActions();
  const [done, setDone] = useState<EditSummary>();
  const last = dataset.undo;
  const canUndo = done && last && last.kind === done.kind && last.count === done.count;
  return (
    <>
      {canUndo && (
        <Note
          tone="good"
          icon={<IconCheck size={16} />}
          role="status"
          title={t('report.done', { edit: t(`edit.${done.kind}`, { count: done.count }) })}
          actions={
            <Button size="xs" leftSection={<IconArrowBackUp size={14} />} onClick={() => undo()}>
              {t('undo')}
            </Button>
          }
        />
      )}
      {findings.length > 0 && (
        <ul className={styles.findings} aria-busy={outdated}>
          {findings.map((finding, i) => (
            <FindingItem
              key={`${finding.kind}-${i}`}
              finding={finding}
              dataset={dataset}
              disabled={outdated}
              onShow={onShow}
              onRemedy={async (remedy) => {
                await edit(remedy);
                setDone({ kind: remedy.kind, count: countOf(remedy) });
              }}
            />
          ))}
        </ul>
      )}
    </>
  );
}

/** As the engine counts it. */
const countOf = (edit: NonNullable<Finding['remedy']>): number =>
  'ids' in edit ? edit.ids.length : edit.kind === 'merge-classes' ? edit.from.length + 1 : 1;

const keyOf = (problem: Problem): string => JSON.stringify(problem);

const AT_FIRST = 3;
/** Lines that are listed at most: a table of thousands may be wrong in every row. */
const LISTED = 200;

function LeftOut({ problems }: { problems: readonly Problem[] }) {
  const { t } = useKindTranslation('data');
  const words = useProblemWords();
  const [all, setAll] = useState(false);
  const shown = problems.slice(0, all ? LISTED : AT_FIRST).map((problem) => ({ problem, ...words(problem) }));
  return (
    <Note tone="neutral" title={t('report.leftOut', { count: filesBehind(problems) })}>
      {t('report.leftOutNote')}
      <ul className={styles.files}>
        {shown.map(({ problem, what, next }, i) => (
          <li key={keyOf(problem)}>
            {what}
            {/* once for all of one kind */}
            {next && next !== shown[i + 1]?.next && <span className="muted"> {next}</span>}
          </li>
        ))}
        {all && problems.length > LISTED && <li>{t('report.andMore', { count: problems.length - LISTED })}</li>}
      </ul>
      {problems.length > AT_FIRST && (
        <button type="button" className={`plain-button ${styles.toggle}`} onClick={() => setAll(!all)}>
          {all ? t('report.fewer') : t('report.all', { count: problems.length })}
        </button>
      )}
    </Note>
  );
}
