import { IconCheck, IconScale } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetSummary } from '@/protocol/dataset.ts';
import type { Problem } from '@/protocol/problems.ts';
import { Card } from '../controls/card.tsx';
import { Note } from '../controls/note.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { useProblemWords } from '../controls/problem-words.ts';
import { useFormat } from '../format.ts';
import styles from './data-report.module.css';
import { leftOut, ofTheWhole, sizeOf, smallClasses } from './findings.ts';

/** Everything that reading found, in sentences: the whole first, then each file that is not in use. */
export function DataReport({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const whole = ofTheWhole(dataset.problems);
  const files = leftOut(dataset.problems);
  const small = smallClasses(dataset);
  const clean = whole.length === 0 && files.length === 0 && small.length === 0;
  return (
    <Card
      title={t('report.title')}
      aside={
        <span className="tiny faint num">
          {t('report.read', {
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
        {small.length > 0 && <Imbalance dataset={dataset} small={small} />}
        {files.length > 0 && <LeftOut problems={files} />}
        {clean && (
          <Note tone="good" icon={<IconCheck size={16} />} title={t('report.clean')}>
            {t('report.cleanNote')}
          </Note>
        )}
      </div>
    </Card>
  );
}

function Imbalance({ dataset, small }: { dataset: DatasetSummary; small: readonly string[] }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const others = dataset.classes.filter(({ name }) => !small.includes(name)).map(sizeOf);
  const counts = dataset.classes.filter(({ name }) => small.includes(name)).map(sizeOf);
  return (
    <Note
      tone="warn"
      icon={<IconScale size={16} />}
      title={t('report.small', { count: small.length, names: format.list(small.slice(0, 5)) })}
    >
      {t('report.smallNote', {
        least: format.number(Math.min(...counts), 0),
        from: format.number(Math.min(...others), 0),
        to: format.number(Math.max(...others), 0),
      })}
    </Note>
  );
}

const keyOf = (problem: Problem): string => JSON.stringify(problem);

const AT_FIRST = 3;

function LeftOut({ problems }: { problems: readonly Problem[] }) {
  const { t } = useTranslation('data');
  const words = useProblemWords();
  const [all, setAll] = useState(false);
  const shown = all ? problems : problems.slice(0, AT_FIRST);
  return (
    <Note tone="neutral" title={t('report.leftOut', { count: problems.length })}>
      {t('report.leftOutNote')}
      <ul className={styles.files}>
        {shown.map((problem) => (
          <li key={keyOf(problem)}>{words(problem).what}</li>
        ))}
      </ul>
      {problems.length > AT_FIRST && (
        <button type="button" className={`plain-button ${styles.toggle}`} onClick={() => setAll(!all)}>
          {all ? t('report.fewer') : t('report.all', { count: problems.length })}
        </button>
      )}
    </Note>
  );
}
