import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Page } from '../../controls/page.tsx';
import { ProblemNote } from '../../controls/problem-note.tsx';
import { SectionNav, useSection } from '../../controls/section-nav.tsx';
import { useFormat } from '../../format.ts';
import { useRunName } from '../../panels/run-words.ts';
import { useActions, useStudio } from '../../studio-context.tsx';
import { NoData, NotEvaluated, Waiting } from '../states.tsx';
import { useEvaluation } from '../use-evaluation.ts';
import { AnswersCard } from './answers-card.tsx';
import { FiguresCard } from './figures-card.tsx';
import { WrittenGroupsCard } from './groups-card.tsx';
import { Playground } from './playground.tsx';

const SECTIONS = ['overview', 'answers', 'groups', 'try'] as const;

/** A finished run of a model that writes, on answers that it never saw and on any prompt. */
export function WritingEvaluated({ run }: { run: RunRecord }) {
  const { t } = useTranslation('writing');
  const format = useFormat();
  const actions = useActions();
  const name = useRunName()(run);
  const problem = useStudio((state) => state.problems.evaluate);
  const dataset = useStudio((state) => state.dataset);
  const { busy, evaluate } = useEvaluation(run.id, run.generation !== undefined, dataset !== undefined);
  const sections = SECTIONS.filter((id) => id === 'try' || (dataset && (id !== 'groups' || dataset.groups.length > 0)));
  const section = useSection('evaluate', sections);
  const { generation } = run;
  return (
    <Page
      title={
        generation
          ? t('title.found', { run: name.run, perplexity: format.number(generation.perplexity, 2) })
          : t('title.waiting', { run: run.imported ? name.method : name.run })
      }
      subtitle={
        generation && t('subtitle', { count: generation.examples, tokens: format.number(generation.tokens, 0) })
      }
      actions={
        <Button variant="filled" rightSection={<IconArrowRight size={16} />} onClick={() => actions.show('export')}>
          {t('evaluate:toExport')}
        </Button>
      }
    >
      {sections.length > 1 && (
        <SectionNav
          label={t('evaluate:section.label')}
          screen="evaluate"
          current={section}
          sections={sections.map((id) => ({ id, label: t(`section.${id}`) }))}
        />
      )}
      <div className="stack">
        {problem && <ProblemNote problem={problem} />}
        {section === 'try' ? (
          <>
            <Playground run={run} />
            {!dataset && <NoData />}
          </>
        ) : generation ? (
          <>
            {section === 'overview' && <FiguresCard run={run} tuned={generation} />}
            {section === 'answers' && <AnswersCard run={run} evaluation={generation} />}
            {section === 'groups' && dataset && (
              <WrittenGroupsCard run={run.number} evaluation={generation} groups={dataset.groups} />
            )}
          </>
        ) : busy ? (
          <Waiting shapes={1} />
        ) : (
          <NotEvaluated again={evaluate} />
        )}
      </div>
    </Page>
  );
}
