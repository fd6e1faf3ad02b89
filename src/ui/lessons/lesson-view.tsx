import { Button, Radio } from '@mantine/core';
import { IconPlayerPlay, IconPresentation } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LESSONS, type LessonId } from '@/lessons/index.ts';
import type { Lesson } from '@/lessons/lesson.ts';
import { isOver } from '@/protocol/run.ts';
import { findingOf } from '@/session/lesson-figures.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { Key } from '../controls/key.tsx';
import { WithRail } from '../controls/page.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { useKeys } from '../controls/use-keys.ts';
import { useFormat } from '../format.ts';
import { BigChart } from '../present/big-chart.tsx';
import { useLineName } from '../present/line-name.ts';
import { bigLines } from '../present/lines.ts';
import { ReplayBar } from '../present/replay-bar.tsx';
import { lessonRuns } from '../present/scene.ts';
import { useReplay } from '../present/use-replay.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { Answer } from './answer.tsx';
import styles from './lessons.module.css';
import { useLessonProgress } from './progress.ts';
import { RunTable } from './run-table.tsx';

/** A lesson from its question to what can be done: it asks before it tells. */
export function LessonView({ id }: { id: LessonId }) {
  const { t } = useTranslation('lessons');
  const all = useStudio((state) => state.runs);
  const state = useStudio((s) => s.lesson);
  const { show } = useActions();
  const [told, tell] = useState<string>();
  const runs = useMemo(() => lessonRuns({ runs: all, ...(state ? { lesson: state } : {}) }, id), [all, state, id]);
  const own = state?.id === id ? state : undefined;
  // another lesson, and this one played again, asks anew
  const playing = `${id}/${own?.group ?? ''}`;
  const answered = told === playing;
  const finding = useMemo(() => findingOf(id, runs, own?.dirt), [id, runs, own?.dirt]);
  const replay = useReplay(runs);
  const present = () => show('present');
  const rail = (
    <>
      <Guess id={id} right={answered ? finding?.guess : undefined} />
      <Card title={t('answer')}>
        {answered && finding ? (
          <Answer id={id} finding={finding} />
        ) : (
          <div className={styles.actions}>
            <Button variant="filled" disabled={!finding} onClick={() => tell(playing)}>
              {t('showAnswer')}
            </Button>
            {!finding && <span className="small muted">{t('answerLater')}</span>}
          </div>
        )}
      </Card>
      {answered && finding && <Cures id={id} runs={runs} />}
    </>
  );
  return (
    <WithRail rail={rail}>
      <Card title={t('setUp')}>
        <p>{t(`${id}.setUp`)}</p>
        <p className={styles.look}>
          <b>{t('look')}</b> {t(`${id}.look`)}
        </p>
        <Play id={id} runs={runs} onPresent={present} />
      </Card>
      {runs.length > 0 && (
        <Card title={t('seen')}>
          <Chart id={id} runs={replay.runs} planned={runs} />
          {replay.possible && <ReplayBar replay={replay} />}
          <RunTable id={id} runs={replay.runs} />
        </Card>
      )}
    </WithRail>
  );
}

/** Begins the lesson, or says what it is doing, or why it cannot begin now. */
function Play({ id, runs, onPresent }: { id: LessonId; runs: readonly RunRecord[]; onPresent(): void }) {
  const { t } = useTranslation('lessons');
  const { beginLesson, stopTrials } = useActions();
  const state = useStudio((s) => s.lesson);
  const progress = useLessonProgress();
  const trialsOn = useStudio(({ trials }) => trials !== undefined);
  const busy = useStudio(
    ({ trials, opening, runs: all }) =>
      trials !== undefined || opening || Object.values(all).some(({ status }) => !isOver(status.phase)),
  );
  const problem = useStudio(({ problems }) => problems.data ?? problems.model ?? problems.train ?? problems.report);
  const mine = state?.id === id && state.doing !== undefined;
  return (
    <div className={styles.play}>
      <div className={styles.actions}>
        <Button
          variant="filled"
          leftSection={<IconPlayerPlay size={16} />}
          disabled={busy || state?.doing !== undefined}
          onClick={() => void beginLesson(id)}
        >
          {t(runs.length > 0 ? 'again' : 'begin')}
        </Button>
        <Button leftSection={<IconPresentation size={16} />} onClick={onPresent}>
          {t('present')}
        </Button>
        {mine && trialsOn && <Button onClick={() => void stopTrials()}>{t('stop')}</Button>}
      </div>
      {mine && progress && (
        <p className="small muted" role="status">
          {progress}
        </p>
      )}
      {busy && !mine && <p className="small muted">{t('busy')}</p>}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}

/** What the class foretells, before it is told. */
function Guess({ id, right }: { id: LessonId; right: string | undefined }) {
  const { t } = useTranslation('lessons');
  const guess = useStudio(({ lesson }) => (lesson?.id === id ? lesson.guess : undefined));
  const actions = useActions();
  const { guesses }: Lesson = LESSONS[id];
  return (
    <Card title={t('guess')}>
      <Radio.Group value={guess ?? ''} onChange={(value) => actions.guess(id, value)} aria-label={t('guess')}>
        <div className="stack">
          {guesses.map((each) => (
            <Radio
              key={each}
              value={each}
              label={
                <>
                  {t(`${id}.guess.${each}`)} {right === each && <b className={styles.right}>{t('right')}</b>}
                </>
              }
            />
          ))}
        </div>
      </Radio.Group>
    </Card>
  );
}

function Chart({ id, runs, planned }: { id: LessonId; runs: readonly RunRecord[]; planned: readonly RunRecord[] }) {
  const { t } = useTranslation('present');
  const format = useFormat();
  const name = useLineName();
  const { metric, curves }: Lesson['chart'] = LESSONS[id].chart;
  const lines = bigLines(runs, metric, curves);
  const show = (value: number) => (metric === 'accuracy' ? format.share(value) : format.fixed(value, 2));
  const summary = lines
    .map((line) => t('line', { name: name(line, runs, curves.length > 1), value: show(line.value) }))
    .join(', ');
  const epochs = Math.max(...planned.map(({ status }) => status.epochs));
  return (
    <>
      <h3>{t(`metric.${metric}`)}</h3>
      <div className={styles.chart}>
        <BigChart
          lines={lines}
          metric={metric}
          epochs={epochs}
          summary={`${t(`metric.${metric}`)}: ${summary}`}
          size={14}
        />
      </div>
    </>
  );
}

/** What can be done about it: each cure is a run beside those that are there. */
function Cures({ id, runs }: { id: LessonId; runs: readonly RunRecord[] }) {
  const { t } = useTranslation('lessons');
  const { tryCure } = useActions();
  const busy = useStudio(({ trials, lesson }) => trials !== undefined || lesson?.doing !== undefined);
  const { cures }: Lesson = LESSONS[id];
  const tried = new Set(runs.flatMap(({ lesson }) => lesson?.run ?? []));
  const next = cures.find((cure) => !tried.has(cure.id));
  const enabled = next !== undefined && !busy;
  useKeys(useMemo(() => [{ keys: ['c'], act: () => void tryCure(), enabled }], [tryCure, enabled]));
  return (
    <Card title={t('whatToDo')}>
      <p className={styles.cure}>{t(`${id}.cure`)}</p>
      {next && (
        <Button disabled={busy} rightSection={<Key cap="C" />} aria-keyshortcuts="C" onClick={() => void tryCure()}>
          {t('tryCure', { cure: t(`${id}.run.${next.id}`) })}
        </Button>
      )}
    </Card>
  );
}
