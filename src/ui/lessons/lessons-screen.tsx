import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { isLesson, LESSON_IDS, LESSONS, type LessonId } from '@/lessons/index.ts';
import type { Lesson } from '@/lessons/lesson.ts';
import { findingOf } from '@/session/lesson-figures.ts';
import { Page } from '../controls/page.tsx';
import { lessonRuns } from '../present/scene.ts';
import { hrefOf, hrefOfLesson } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { LessonView } from './lesson-view.tsx';
import styles from './lessons.module.css';

const ADDRESS = hrefOf('lessons');

/** The lesson that the address names: `#/lessons/overfitting`. */
function useAddress(): LessonId | undefined {
  return useSyncExternalStore(watchAddress, lessonOfAddress);
}

function watchAddress(follow: () => void): () => void {
  addEventListener('hashchange', follow);
  return () => removeEventListener('hashchange', follow);
}

function lessonOfAddress(): LessonId | undefined {
  const id = location.hash.startsWith(`${ADDRESS}/`) ? location.hash.slice(ADDRESS.length + 1) : undefined;
  return isLesson(id) ? id : undefined;
}

/** Set-ups with a question, each begun at a press; one of them, where the address names it. */
export function LessonsScreen() {
  const { t } = useTranslation('lessons');
  const id = useAddress();
  const { takeLesson } = useActions();
  useEffect(() => {
    if (id) takeLesson(id);
  }, [id, takeLesson]);
  if (id)
    return (
      <Page
        title={t(`${id}.question`)}
        subtitle={t('place', { number: LESSON_IDS.indexOf(id) + 1, count: LESSON_IDS.length, title: t(`${id}.title`) })}
        actions={
          <Button component="a" href={ADDRESS} leftSection={<IconArrowLeft size={16} />}>
            {t('all')}
          </Button>
        }
      >
        <LessonView id={id} />
      </Page>
    );
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <ul className={styles.cards}>
        {LESSON_IDS.map((each, i) => (
          <LessonCard key={each} id={each} number={i + 1} />
        ))}
      </ul>
    </Page>
  );
}

function LessonCard({ id, number }: { id: LessonId; number: number }) {
  const { t } = useTranslation(['lessons', 'start']);
  const { sample, model, runs }: Lesson = LESSONS[id];
  const played = useStudio(
    (state) =>
      findingOf(id, lessonRuns(state, id), state.lesson?.id === id ? state.lesson.dirt : undefined) !== undefined,
  );
  return (
    <li>
      <a href={hrefOfLesson(id)} className={styles.card}>
        <span className={`${styles.number} num`}>{number}</span>
        <b>{t(`lessons:${id}.title`)}</b>
        <span className="muted">{t(`lessons:${id}.question`)}</span>
        <span className="tiny faint">
          {[t(`start:sample.${sample}.name`), model, t('lessons:runs', { count: runs.length })].join(' · ')}
        </span>
        {played && <span className={styles.played}>{t('lessons:played')}</span>}
      </a>
    </li>
  );
}
