import { useTranslation } from 'react-i18next';
import type { LessonId } from '@/lessons/index.ts';
import type { Finding, Measured } from '@/lessons/lesson.ts';
import { createFormat, type Format } from '../format.ts';
import styles from './answer.module.css';

/** A measured number as its unit has it. */
export function written({ value, unit }: Measured, format: Format): string {
  switch (unit) {
    case 'percent':
      return format.share(value);
    case 'points':
      return format.number(100 * value, 0);
    case 'loss':
      return format.fixed(value, 2);
    case 'times':
      return format.number(value, 1);
    case 'count':
    case 'epoch':
      return format.number(value, 0);
    case 'seconds':
      return format.duration(value);
    default:
      return unit satisfies never;
  }
}

interface AnswerProps {
  id: LessonId;
  finding: Finding;
  /** For the last row of a class. */
  large?: boolean;
}

/** What came out, in a sentence with the measured numbers, and why. Where the point cannot be seen this time, it says so. */
export function Answer({ id, finding, large = false }: AnswerProps) {
  const { t, i18n } = useTranslation('lessons');
  const format = createFormat(i18n.language);
  const values = Object.fromEntries(
    Object.entries(finding.values).map(([name, value]) => [name, written(value, format)]),
  );
  return (
    <div className={styles.answer} data-large={large || undefined} role="status" data-holds={finding.holds}>
      <p className={styles.what}>{t(`${id}.answer`, values)}</p>
      <p className={styles.why}>{finding.holds ? t(`${id}.why`) : t('otherwise')}</p>
    </div>
  );
}
