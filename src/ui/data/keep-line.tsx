import { IconAlertTriangle, IconCheck, IconDeviceFloppy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../controls/problem-note.tsx';
import { useFormat } from '../format.ts';
import { useStudio } from '../studio-context.tsx';
import styles from './keep-line.module.css';

/** Whether the open data set would survive a reload, in a few quiet words. */
export function KeepLine() {
  const { t } = useTranslation('data');
  const format = useFormat();
  const keep = useStudio((state) => state.keep);
  if (!keep) return null;
  const Icon = { saving: IconDeviceFloppy, kept: IconCheck, off: IconAlertTriangle }[keep.state];
  return (
    <span className={styles.keep} data-state={keep.state}>
      <Icon size={14} stroke={2} aria-hidden="true" />
      {t(`keep.${keep.state}`, { share: format.percent(keep.done, 0) })}
    </span>
  );
}

/** Why it is not kept, and what to do. */
export function KeepProblem() {
  const problem = useStudio(({ keep }) => (keep?.state === 'off' ? keep.problem : undefined));
  return problem ? <ProblemNote problem={{ ...problem, severity: 'warning' }} /> : null;
}
