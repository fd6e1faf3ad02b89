import { useTranslation } from 'react-i18next';
import { LESSONS, type LessonId } from '@/lessons/index.ts';
import type { Lesson } from '@/lessons/lesson.ts';
import { latest } from '@/session/series.ts';
import type { RunRecord } from '@/session/store.ts';
import { useFormat } from '../format.ts';
import { RunMarker } from '../panels/run-marker.tsx';
import { useCurveName, usePartName } from '../present/line-name.ts';
import styles from './lessons.module.css';

/** What each run has come to, by the curves that the lesson is about. */
export function RunTable({ id, runs }: { id: LessonId; runs: readonly RunRecord[] }) {
  const { t } = useTranslation(['lessons', 'present']);
  const format = useFormat();
  const partName = usePartName();
  const curveName = useCurveName();
  const { chart }: Lesson = LESSONS[id];
  // what a cure costs the new task is seen beside what it saves of the old one
  const curves = [...new Set([...chart.curves, 'validation' as const])];
  const columns = (['loss', 'accuracy'] as const).flatMap((metric) => curves.map((curve) => ({ metric, curve })));
  return (
    <div className={styles.table}>
      <table>
        <caption className="visually-hidden">{t('lessons:seen')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('lessons:run')}</th>
            {columns.map(({ metric, curve }) => (
              <th key={metric + curve} scope="col">
                {curveName(curve, id)}
                <br />
                {t(`present:metric.${metric}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} data-run={run.lesson?.run}>
              <th scope="row">
                <RunMarker run={run.number} /> {partName(run)}
              </th>
              {columns.map(({ metric, curve }) => {
                const value = latest(run[curve], metric);
                const shown =
                  value === undefined ? '–' : metric === 'loss' ? format.fixed(value, 3) : format.percent(value);
                return (
                  <td key={metric + curve} className="num" data-figure={`${curve}-${metric}`}>
                    {shown}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
