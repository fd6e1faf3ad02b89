import { Button } from '@mantine/core';
import { IconArrowRight, IconCpu } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { SAMPLES } from '@/protocol/samples.ts';
import { LaterProblemNote } from '../controls/later-problem-note.tsx';
import { Note } from '../controls/note.tsx';
import { Page } from '../controls/page.tsx';
import { useBackendWords } from '../shell/backend-words.ts';
import { hrefOf } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { DropZone } from './drop-zone.tsx';
import { HostedModels } from './hosted-models.tsx';
import { HowItGoes } from './how-it-goes.tsx';
import { Projects } from './projects.tsx';
import { SampleCard } from './sample-card.tsx';
import styles from './start-screen.module.css';

/** Where data comes in, and what the site brings itself. */
export function StartScreen() {
  const { t } = useTranslation('start');
  const dataset = useStudio((state) => state.dataset);
  const first = useStudio(({ runs, projects }) => Object.keys(runs).length === 0 && !projects?.length);
  const problem = useStudio((state) => state.problems.data);
  const { dismiss } = useActions();
  return (
    <Page
      large
      title={t('title')}
      subtitle={t('subtitle')}
      actions={
        dataset && (
          <Button component="a" href={hrefOf('data')} rightSection={<IconArrowRight size={16} />}>
            {t('goOn', { name: dataset.name })}
          </Button>
        )
      }
    >
      <div className="stack">
        {problem && (
          <LaterProblemNote
            problem={problem}
            actions={
              <Button size="xs" onClick={() => dismiss('data')}>
                {t('shell:dismiss')}
              </Button>
            }
          />
        )}
        <DropZone />
        <section aria-labelledby="samples">
          <h2 id="samples" className={styles.title}>
            {t('samples')}
          </h2>
          <div className={styles.samples}>
            {SAMPLES.map((sample) => (
              <SampleCard key={sample.id} sample={sample} />
            ))}
          </div>
        </section>
        <RunsOn />
        <Projects />
        {first && <HowItGoes />}
        <HostedModels />
      </div>
    </Page>
  );
}

function RunsOn() {
  const { t } = useTranslation('start');
  const { name, detail, gpu } = useBackendWords();
  return (
    <Note
      icon={<IconCpu size={16} />}
      title={
        gpu === 'unknown' ? t('runsOn.looking') : t(gpu === 'yes' ? 'runsOn.title' : 'runsOn.titleNo', { name, detail })
      }
    >
      <span className="muted">{t(`runsOn.${gpu}`)}</span>
    </Note>
  );
}
