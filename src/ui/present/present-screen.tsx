import { IconCheck } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LESSON_IDS, LESSONS, type LessonId } from '@/lessons/index.ts';
import type { Lesson } from '@/lessons/lesson.ts';
import { findingOf } from '@/session/lesson-figures.ts';
import type { RunRecord } from '@/session/store.ts';
import { useKeys } from '../controls/use-keys.ts';
import { useFormat } from '../format.ts';
import { Answer } from '../lessons/answer.tsx';
import { useLessonProgress } from '../lessons/progress.ts';
import { useRunName } from '../panels/run-words.ts';
import { hrefOf } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { BigChart } from './big-chart.tsx';
import { Facts } from './facts.tsx';
import { Figures } from './figures.tsx';
import { KeyRow } from './key-row.tsx';
import { useLineName } from './line-name.ts';
import { bigLines } from './lines.ts';
import styles from './present.module.css';
import { ReplayBar } from './replay-bar.tsx';
import { type Scene, useScene } from './scene.ts';
import { useKeyActions } from './use-key-actions.ts';
import { useReplay } from './use-replay.ts';

/** For a class: one chart, large, with a question over it and keys under it. Of a lesson, or of any run. */
export function PresentScreen() {
  const scene = useScene();
  const [told, tell] = useState<string>();
  const [metric, setMetric] = useState<'loss' | 'accuracy'>();
  const replay = useReplay(scene.runs);
  const own = useStudio(({ lesson }) => (lesson?.id === scene.lesson ? lesson : undefined));
  const dirt = own?.dirt;
  const finding = useMemo(
    () => (scene.lesson ? findingOf(scene.lesson, scene.runs, dirt) : undefined),
    [scene.lesson, scene.runs, dirt],
  );
  // another lesson, and this one played again, asks anew
  const playing = scene.lesson && `${scene.lesson}/${own?.group ?? ''}`;
  const shown = playing !== undefined && told === playing;
  const keys = useKeyActions({
    scene,
    replay,
    answered: shown,
    canAnswer: finding !== undefined,
    answer: () => tell(shown ? undefined : playing),
    metric: metric ?? scene.chart.metric,
    setMetric,
  });
  useKeys(keys);
  const run = replay.runs.find(({ id }) => id === scene.run?.id) ?? replay.runs.at(-1);
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <div className={styles.meta}>
          <Place scene={scene} />
          {run && <Facts run={run} runs={replay.runs} />}
        </div>
        <Title scene={scene} />
        {scene.lesson && <Guesses id={scene.lesson} right={shown ? finding?.guess : undefined} />}
      </header>
      <View scene={scene} runs={replay.runs} metric={metric ?? scene.chart.metric} told={shown} />
      <div className={styles.foot}>
        {replay.possible && <ReplayBar replay={replay} large />}
        {scene.lesson && shown && finding && <Answer id={scene.lesson} finding={finding} large />}
        <KeyRow actions={keys.filter(({ cap }) => cap !== '')} />
      </div>
    </div>
  );
}

/** "Lesson 2 of 7 | Overfitting", or the data that a run learns. */
function Place({ scene: { lesson, run } }: { scene: Scene }) {
  const { t } = useTranslation(['present', 'lessons']);
  return (
    <p className={styles.place}>
      {lesson ? (
        <>
          <span>{t('present:lessonOf', { number: LESSON_IDS.indexOf(lesson) + 1, count: LESSON_IDS.length })}</span>
          <i aria-hidden="true" />
          <span>{t(`lessons:${lesson}.title`)}</span>
        </>
      ) : (
        <span>{run?.datasetName}</span>
      )}
    </p>
  );
}

function Title({ scene: { lesson, run } }: { scene: Scene }) {
  const { t } = useTranslation(['present', 'lessons']);
  const nameOf = useRunName();
  return (
    <h1 tabIndex={-1} className={styles.title}>
      {lesson ? t(`lessons:${lesson}.question`) : run ? nameOf(run).full : t('present:nothing')}
    </h1>
  );
}

/** What the class foretells: a key and a button each; the right one is told with the answer. */
function Guesses({ id, right }: { id: LessonId; right: string | undefined }) {
  const { t } = useTranslation(['present', 'lessons']);
  const guess = useStudio(({ lesson }) => (lesson?.id === id ? lesson.guess : undefined));
  const actions = useActions();
  const { guesses }: Lesson = LESSONS[id];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's meaning
    <div className={styles.guesses} role="group" aria-label={t('present:guess')}>
      {guesses.map((each, i) => (
        <button
          key={each}
          type="button"
          className={styles.guess}
          aria-pressed={guess === each}
          data-right={right === undefined ? undefined : right === each}
          onClick={(event) => {
            if (event.detail > 0) event.currentTarget.blur();
            actions.guess(id, each);
          }}
        >
          <kbd>{i + 1}</kbd>
          <span>{t(`lessons:${id}.guess.${each}`)}</span>
          {right === each && (
            <b>
              <IconCheck size={26} stroke={3} role="img" aria-label={t('present:right')} />
            </b>
          )}
        </button>
      ))}
    </div>
  );
}

interface ViewProps {
  scene: Scene;
  runs: readonly RunRecord[];
  metric: 'loss' | 'accuracy';
  /** The answer takes room: figures stand small. */
  told: boolean;
}

function View({ scene, runs, metric, told }: ViewProps) {
  const { t } = useTranslation('present');
  const format = useFormat();
  const lineName = useLineName();
  const progress = useLessonProgress();
  const curves = metric === scene.chart.metric ? scene.chart.curves : (['train', 'validation'] as const);
  const lines = bigLines(runs, metric, curves);
  if (lines.length === 0)
    return (
      <div className={styles.waiting} role="status">
        {progress ?? (scene.run ? t('soon') : scene.lesson ? t('toBegin') : t('noRun'))}
        {!scene.run && !scene.lesson && <a href={hrefOf('lessons')}>{t('toLessons')}</a>}
      </div>
    );
  const show = (value: number) => (metric === 'accuracy' ? format.share(value) : format.fixed(value, 2));
  const summary = lines.map((line) => t('line', { name: lineName(line, runs), value: show(line.value) })).join(', ');
  const epochs = Math.max(...scene.runs.map(({ status }) => status.epochs));
  return (
    <div className={styles.view}>
      <BigChart lines={lines} metric={metric} epochs={epochs} summary={`${t(`metric.${metric}`)}: ${summary}`} />
      <Figures lines={lines} runs={runs} metric={metric} small={told} />
      {progress && (
        <p className={styles.progress} role="status">
          {progress}
        </p>
      )}
    </div>
  );
}
