import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { startTransition, useEffect, useMemo, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { DatasetSummary } from '@/protocol/dataset.ts';
import { Card } from '../controls/card.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { Page, WithRail } from '../controls/page.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { hrefOf } from '../shell/route.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import { AddFiles } from './add-files.tsx';
import { EVERYTHING, type Filter } from './gallery/filter.ts';
import { Gallery } from './gallery/gallery.tsx';
import { HowToSort } from './how-to-sort.tsx';
import { KeepLine, KeepProblem } from './keep-line.tsx';
import { isLabelled } from './labelled.ts';
import { Opening } from './opening.tsx';
import { useReadyForModel } from './ready-for-model.ts';
import { DataReport } from './report/data-report.tsx';
import { SplitCard } from './split-card.tsx';
import { TablesCard } from './tables/tables-card.tsx';

/** What was read: every picture or text by class, how they are split, and what is wrong with them. */
export function DataScreen() {
  const dataset = useStudio((state) => state.dataset);
  const opening = useStudio((state) => state.opening);
  if (opening) return <Opening />;
  return dataset ? <Opened dataset={dataset} /> : <Nothing />;
}

interface Shown {
  filter: Filter;
  /** What the report calls the examples that are filtered for. */
  finding?: string;
}

/** What follows the head, in the order in which it comes. */
const PARTS = ['cards', 'gallery', 'classes', 'rail'] as const;

/**
 * How many of so many parts are to be shown: one more each time the last one stands. Each is rendered in slices, and
 * put on the page in a task of its own, so that the page never stands still.
 */
function usePartByPart(count: number): number {
  const [parts, setParts] = useState(0);
  useEffect(() => {
    if (parts < count) startTransition(() => setParts(parts + 1));
  }, [parts, count]);
  return parts;
}

function Opened({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useKindTranslation('data');
  const { ready, reason } = useReadyForModel(dataset);
  const [{ filter, finding }, show] = useState<Shown>({ filter: EVERYTHING });
  useEffect(() => show({ filter: EVERYTHING }), [dataset.id]);
  const parts = usePartByPart(PARTS.length);
  const has = (part: (typeof PARTS)[number]) => PARTS.indexOf(part) < parts;
  const shown = useMemo(() => ({ ...filter, label: labelIn(filter, dataset) }), [filter, dataset]);
  return (
    <Page
      title={titleOf(dataset, t)}
      subtitle={
        <>
          <Trans t={t} i18nKey="readFrom" values={{ name: dataset.name }} components={{ b: <b /> }} /> <KeepLine />
        </>
      }
      reason={reason}
      actions={<ToModel ready={ready} />}
    >
      <WithRail
        rail={
          has('rail') && (
            <>
              <DataReport
                dataset={dataset}
                onShow={(among, name) => {
                  show({ filter: { ...EVERYTHING, among }, finding: name });
                  document.getElementById('gallery')?.scrollIntoView({ block: 'nearest' });
                }}
              />
              <AddFiles />
            </>
          )
        }
      >
        <DataProblem />
        <KeepProblem />
        {has('cards') && (
          <>
            {dataset.kind === 'text' && <TablesCard dataset={dataset} />}
            <HowToSort dataset={dataset} />
            {dataset.classes.some(({ usable }) => usable) && <SplitCard dataset={dataset} />}
          </>
        )}
        <div id="gallery">
          {has('gallery') && (
            <Gallery
              dataset={dataset}
              filter={shown}
              finding={finding}
              withClasses={has('classes')}
              onFilter={(next) => show({ filter: next, ...(next.among && finding ? { finding } : {}) })}
            />
          )}
        </div>
      </WithRail>
    </Page>
  );
}

/** The finding: how much there is, and of what. */
function titleOf(dataset: DatasetSummary, t: TFunction): string {
  const count = dataset.examples.length;
  if (!isLabelled(dataset))
    return t('holds', { count, context: dataset.kind === 'text' ? dataset.mapping.layout : '' });
  return t(dataset.classes.length === 0 ? 'titleUnsorted' : 'title', {
    pictures: t('pictures', { count }),
    classes: t('classes', { count: dataset.classes.length }),
  });
}

/** A class may have gone since it was chosen. */
const labelIn = ({ label }: Filter, { classes }: DatasetSummary): Filter['label'] =>
  typeof label === 'number' && label >= classes.length ? 'all' : label;

function ToModel({ ready }: { ready: boolean }) {
  const { t } = useTranslation('data');
  const arrow = <IconArrowRight size={16} />;
  return ready ? (
    <Button component="a" variant="filled" href={hrefOf('model')} rightSection={arrow}>
      {t('toModel')}
    </Button>
  ) : (
    <Button variant="filled" disabled rightSection={arrow}>
      {t('toModel')}
    </Button>
  );
}

function DataProblem() {
  const { t } = useTranslation('shell');
  const problem = useStudio((state) => state.problems.data);
  const { dismiss } = useActions();
  if (!problem) return null;
  return (
    <ProblemNote
      problem={problem}
      actions={
        <Button size="xs" onClick={() => dismiss('data')}>
          {t('dismiss')}
        </Button>
      }
    />
  );
}

function Nothing() {
  const { t } = useTranslation('data');
  const { openCamera } = useActions();
  return (
    <Page title={t('empty.title')}>
      <div className="stack">
        <DataProblem />
        <Card>
          <EmptyState
            title={t('empty.head')}
            action={
              <>
                <Button component="a" href={hrefOf('start')} variant="filled">
                  {t('empty.action')}
                </Button>
                <Button onClick={() => openCamera()}>{t('gallery.camera')}</Button>
              </>
            }
          >
            {t('empty.note')}
          </EmptyState>
        </Card>
      </div>
    </Page>
  );
}
