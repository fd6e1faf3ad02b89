import { Button } from '@mantine/core';
import { IconHeart } from '@tabler/icons-react';
import { useState } from 'react';
import type { MemorisedExample } from '@/protocol/result.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { ExamplePreview } from '../controls/example-preview.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProgressBar } from '../controls/progress-line.tsx';
import { useFormat } from '../format.ts';
import { useObstacle } from '../model/readiness.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './picture-grid.module.css';

/** Shown at first. */
const FEW = 12;

interface MemorisedProps {
  run: RunRecord;
  classes: readonly string[];
}

/** Training examples that the run knows by heart, looked for when somebody asks. */
export function MemorisedCard({ run, classes }: MemorisedProps) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const { findMemorised } = useActions();
  const progress = useStudio((state) => state.progress.memorised);
  const blocked = useObstacle();
  const [busy, setBusy] = useState(false);
  if (run.imported) return null;
  const { memorised } = run;
  const find = async () => {
    setBusy(true);
    await findMemorised();
    setBusy(false);
  };
  const { done = 0, total = 0 } = progress ?? {};
  const table = () => ({
    header: ['run', 'example', 'label', 'seen', 'unseen'],
    rows: (memorised?.examples ?? []).map(({ id, truth, seen, unseen }) => [
      run.number,
      id,
      classes[truth],
      seen,
      unseen,
    ]),
  });
  return (
    <Card
      title={t('memorised.title')}
      {...(memorised ? { downloads: { name: `run-${run.number}-memorised`, table } } : {})}
    >
      <p className="small muted">{t('memorised.what')}</p>
      {memorised ? (
        <>
          <p className="small">
            {t(memorised.examples.length > 0 ? 'memorised.mean' : 'memorised.none', {
              count: memorised.examined,
              points: format.number(100 * memorised.mean, 1),
            })}
          </p>
          <Grid examples={memorised.examples} classes={classes} />
        </>
      ) : busy ? (
        <ProgressBar label={t('memorised.title')} share={total > 0 ? done / total : 0} />
      ) : (
        <div className="row wrap" style={{ marginTop: 10 }}>
          <Button
            size="xs"
            leftSection={<IconHeart size={14} />}
            disabled={blocked !== undefined}
            onClick={() => void find()}
          >
            {t('memorised.find')}
          </Button>
          {blocked && <span className="tiny faint">{blocked}</span>}
        </div>
      )}
    </Card>
  );
}

function Grid({ examples, classes }: { examples: readonly MemorisedExample[]; classes: readonly string[] }) {
  const { t } = useKindTranslation('evaluate');
  const kind = useStudio((state) => state.dataset?.kind);
  const [all, setAll] = useState(false);
  const shown = all ? examples : examples.slice(0, FEW);
  return (
    <>
      <ul className={styles.pictures} data-kind={kind}>
        {shown.map((example) => (
          <Known key={example.id} example={example} name={classes[example.truth] ?? ''} />
        ))}
      </ul>
      {shown.length < examples.length && (
        <Button size="xs" mt={8} onClick={() => setAll(true)}>
          {t('memorised.more', { count: examples.length - shown.length })}
        </Button>
      )}
    </>
  );
}

function Known({ example: { id, seen, unseen }, name }: { example: MemorisedExample; name: string }) {
  const { t } = useKindTranslation('evaluate');
  const format = useFormat();
  const [by, without] = [format.percent(seen, 0), format.percent(unseen, 0)];
  return (
    <li className={styles.known}>
      <ExamplePreview id={id} alt={name} />
      <span className={styles.answer}>
        <span>{name}</span>
      </span>
      <span className="tiny muted num">{t('memorised.figures', { seen: by, unseen: without })}</span>
    </li>
  );
}
