import { Button, Skeleton } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { downloadBlob } from '../controls/download-blob.ts';
import { FinishedRun } from '../controls/finished-run.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { Page } from '../controls/page.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './export.module.css';
import { FileCard } from './file-card.tsx';
import { ModelCard } from './model-card.tsx';
import { SnippetCard } from './snippet-card.tsx';

/** A finished run as one file: what is in it, how to use it, and its model card. */
export const ExportScreen = () => (
  <FinishedRun namespace="export">{(run) => <Exported key={run.id} run={run} />}</FinishedRun>
);

function Exported({ run }: { run: RunRecord }) {
  const { t } = useKindTranslation('export');
  const format = useFormat();
  const actions = useActions();
  const problem = useStudio((state) => state.problems.export);
  const { exported, imported, modelName, number, status } = run;
  useExport(run);
  return (
    <Page
      title={imported ? t('title.imported', { name: modelName }) : t('title.take', { run: t('run', { number }) })}
      subtitle={t(status.best ? 'subtitle.best' : 'subtitle.plain', { best: status.best?.epoch })}
      actions={
        <Button
          variant="filled"
          leftSection={<IconDownload size={16} />}
          disabled={!exported}
          onClick={() => exported && downloadBlob(exported.blob, exported.name)}
        >
          {exported ? t('download', { size: format.bytes(exported.blob.size) }) : t('downloadWaiting')}
        </Button>
      }
    >
      {problem && (
        <div className={styles.problem}>
          <ProblemNote
            problem={problem}
            actions={
              <Button size="xs" onClick={() => void actions.export()}>
                {t('again')}
              </Button>
            }
          />
        </div>
      )}
      {exported ? (
        <div className={styles.columns}>
          <div className="stack">
            <FileCard file={exported} />
            <SnippetCard snippet={exported.snippet} />
          </div>
          <Card title={t('card.title')}>
            <ModelCard source={exported.card} />
            <p className={styles.cardNote}>{t('card.note')}</p>
          </Card>
        </div>
      ) : (
        !problem && <Packing />
      )}
    </Page>
  );
}

/** Packs once on entering. */
function useExport({ id, exported }: RunRecord): void {
  const actions = useActions();
  const asked = useRef<string>(undefined);
  useEffect(() => {
    if (exported || asked.current === id) return;
    asked.current = id;
    void actions.export();
  }, [id, exported, actions]);
}

function Packing() {
  const { t } = useTranslation('export');
  const progress = useStudio((state) => state.progress.export);
  return (
    <div className="stack">
      <Card>
        <ProgressLine label={t('progress')} progress={progress ?? { done: 0, total: 0, unit: 'items' }} />
      </Card>
      <div className={styles.columns}>
        <Skeleton height={360} radius={12} />
        <Skeleton height={360} radius={12} />
      </div>
    </div>
  );
}
