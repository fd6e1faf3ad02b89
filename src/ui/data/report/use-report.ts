import { useEffect } from 'react';
import type { DataReport, DatasetSummary } from '@/protocol/dataset.ts';
import { useActions, useStudio } from '../../studio-context.tsx';

/** Edits have come to rest after so many milliseconds. */
const REST = 700;
/** What is in view is asked for first. */
const FIRST = 300;

/** The report on the open data set, made anew once its edits rest. `outdated` while the next one is awaited. */
export function useReport(dataset: DatasetSummary): { report: DataReport | undefined; outdated: boolean } {
  const { makeReport } = useActions();
  const report = useStudio((state) => state.report);
  const outdated = report?.of !== dataset;
  useEffect(() => {
    if (!outdated) return;
    const timer = setTimeout(() => void makeReport(), report ? REST : FIRST);
    return () => clearTimeout(timer);
  }, [outdated, report, makeReport]);
  return { report, outdated };
}
