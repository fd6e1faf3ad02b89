import { useTranslation } from 'react-i18next';
import { LESSONS } from '@/lessons/index.ts';
import type { Lesson } from '@/lessons/lesson.ts';
import { toCures } from '../panels/forgetting/to-cures.ts';
import { hrefOfLesson } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import type { KeyAction } from './key-row.tsx';
import type { Scene } from './scene.ts';
import type { Replay } from './use-replay.ts';

/** Steps a second, from as fast as it goes to one at a time. */
const PACES = [0, 20, 10, 5, 2, 1] as const;

interface Around {
  scene: Scene;
  replay: Replay;
  answered: boolean;
  canAnswer: boolean;
  answer(): void;
  metric: 'loss' | 'accuracy';
  setMetric(metric: 'loss' | 'accuracy'): void;
}

/** What the keys do now: they steer a run that goes on, or the replay of what is over. Those without a cap have no button. */
export function useKeyActions({ scene, replay, answered, canAnswer, answer, metric, setMetric }: Around): KeyAction[] {
  const { t } = useTranslation(['present', 'lessons']);
  const actions = useActions();
  const pace = useStudio((state) => state.pace);
  const busy = useStudio(({ lesson, trials, opening }) => Boolean(lesson?.doing || trials || opening));
  const cureLeft = useCure(scene);
  const { lesson, run, live, runs } = scene;
  const phase = live ? run?.status.phase : undefined;
  const paused = phase === 'paused';
  const begins = lesson !== undefined && runs.length === 0;

  const space = () => {
    if (begins) void actions.beginLesson(lesson);
    else if (live) void actions.control({ kind: paused ? 'resume' : 'pause' });
    else replay.toggle();
  };
  const spaceWords = begins ? 'begin' : live ? (paused ? 'goOn' : 'pause') : replay.playing ? 'pause' : 'replay';
  const forth = () => (live ? void actions.control({ kind: 'one-step' }) : replay.step(1));
  const byPace = (by: 1 | -1) => {
    if (!live) return replay.pace(by);
    const place = PACES.indexOf(pace as 0);
    void actions.setPace(PACES[Math.max(0, Math.min(PACES.length - 1, place - by))]!);
  };
  const guesses: readonly string[] = lesson ? (LESSONS[lesson] as Lesson).guesses : [];
  const paceWords = live
    ? pace > 0
      ? t('paceOf', { count: pace })
      : t('paceFree')
    : t('speedOf', { speed: replay.speed });

  return [
    {
      id: 'space',
      keys: [' '],
      cap: t('key.space'),
      words: t(`do.${spaceWords}`),
      label: t(`do.${spaceWords}`),
      act: space,
      // one that only begins halts before its first step
      enabled: begins ? !busy : live ? phase !== 'finishing' : replay.possible,
    },
    {
      id: 'back',
      keys: ['ArrowLeft'],
      cap: '←',
      label: t('do.back'),
      act: () => replay.step(-1),
      enabled: !live && replay.possible,
    },
    {
      id: 'forth',
      keys: ['ArrowRight'],
      cap: '→',
      words: t('do.step'),
      label: t('do.forth'),
      act: forth,
      enabled: live ? paused : replay.possible,
      repeats: true,
    },
    {
      id: 'slower',
      keys: ['-', '−'],
      cap: '−',
      label: t('do.slower'),
      act: () => byPace(-1),
      enabled: live || replay.possible,
    },
    {
      id: 'faster',
      keys: ['+', '='],
      cap: '+',
      words: paceWords,
      label: t('do.faster'),
      act: () => byPace(1),
      enabled: live || replay.possible,
    },
    {
      id: 'again',
      keys: ['r'],
      cap: 'R',
      words: t('do.again'),
      label: t(live ? 'do.startOver' : 'do.replayAgain'),
      act: () => (live ? void actions.startOver() : replay.again()),
      enabled: live || replay.possible,
    },
    {
      id: 'metric',
      keys: ['m'],
      cap: 'M',
      words: t(metric === 'loss' ? 'do.accuracy' : 'do.loss'),
      label: t('do.metric'),
      act: () => setMetric(metric === 'loss' ? 'accuracy' : 'loss'),
      enabled: runs.length > 0,
    },
    ...(lesson && (LESSONS[lesson] as Lesson).cures.length > 0
      ? [
          {
            id: 'cure',
            keys: ['c'],
            cap: 'C',
            words: cureLeft ? t('do.cureOf', { cure: t(`lessons:${lesson}.run.${cureLeft}`) }) : t('do.cure'),
            label: t('do.cure'),
            act: () => void actions.tryCure(),
            enabled: !busy && !live && canAnswer && cureLeft !== undefined,
          },
        ]
      : []),
    // of a run of one's own cures are set up, as where its forgetting is measured
    ...(!lesson && run && run.old.length > 0
      ? [
          {
            id: 'cure',
            keys: ['c'],
            cap: 'C',
            words: t('do.cure'),
            label: t('do.cure'),
            act: () => toCures(actions),
            enabled: true,
          },
        ]
      : []),
    ...(lesson
      ? [
          {
            id: 'answer',
            keys: ['a'],
            cap: 'A',
            words: t(answered ? 'do.hide' : 'do.answer'),
            label: t(answered ? 'do.hide' : 'do.answer'),
            act: answer,
            enabled: canAnswer,
            last: true,
          },
        ]
      : []),
    {
      id: 'leave',
      keys: ['escape', 'Escape'],
      cap: 'Esc',
      words: t('do.leave'),
      label: t('do.leave'),
      // back to the lesson's own page, not to all of them
      act: () => (lesson ? location.assign(hrefOfLesson(lesson)) : actions.show('train')),
      enabled: true,
    },
    ...guesses.map((guess, i) => ({
      id: `guess-${guess}`,
      keys: [String(i + 1)],
      cap: '',
      label: '',
      act: () => actions.guess(lesson!, guess),
      enabled: true,
    })),
  ];
}

/** The lesson's first cure that was not tried yet. */
function useCure({ lesson, runs }: Scene): string | undefined {
  if (!lesson) return undefined;
  const tried = new Set(runs.flatMap((run) => run.lesson?.run ?? []));
  return (LESSONS[lesson] as Lesson).cures.find(({ id }) => !tried.has(id))?.id;
}
