import { Button } from '@mantine/core';
import { IconCheck, IconTags } from '@tabler/icons-react';
import { useState } from 'react';
import { type DatasetSummary, exampleName, type FindingCase, NONE } from '@/protocol/dataset.ts';
import { isOver } from '@/protocol/run.ts';
import { ExamplePreview } from '../../controls/example-preview.tsx';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { Note } from '../../controls/note.tsx';
import { ProgressLine } from '../../controls/progress-line.tsx';
import { useFormat } from '../../format.ts';
import { useActions, useStudio } from '../../studio-context.tsx';
import styles from './data-report.module.css';
import { idsOf } from './findings.ts';

const AT_FIRST = 6;
const MORE = 24;

interface WrongLabelsProps {
  dataset: DatasetSummary;
  onShow(ids: ReadonlySet<number>, name: string): void;
}

/** Looks for labels that are most probably wrong, when asked to, and asks a person about each. */
export function WrongLabels({ dataset, onShow }: WrongLabelsProps) {
  const { t } = useKindTranslation('data');
  const { checkLabels } = useActions();
  const found = useStudio((state) => state.wrongLabels);
  const progress = useStudio((state) => state.progress.labels);
  const ended = useStudio(({ runs }) => Object.values(runs).some(({ status }) => isOver(status.phase)));
  const live = useStudio(({ runs }) => Object.values(runs).some(({ status }) => !isOver(status.phase)));
  const [limit, setLimit] = useState(AT_FIRST);
  const open = found?.cases.filter(({ ids: [id] }) => id !== undefined && !dataset.examples.excluded[id]) ?? [];
  const possible = dataset.classes.filter(({ usable }) => usable).length > 1;
  const title = found ? t('wrong.found', { count: open.length }) : t('wrong.title');
  return (
    <section className={styles.wrong} aria-label={t('wrong.title')}>
      <h3>{title}</h3>
      {progress ? (
        <ProgressLine label={t('wrong.looking')} progress={progress} />
      ) : found ? (
        open.length === 0 ? (
          <Note tone="good" icon={<IconCheck size={16} />}>
            {t('wrong.none')}
          </Note>
        ) : (
          <p className="small muted">{t('wrong.foundNote')}</p>
        )
      ) : (
        <p className="small muted">{t(ended ? 'wrong.noteEnded' : 'wrong.note')}</p>
      )}
      {open.length > 0 && (
        <ul className={styles.suspects}>
          {open.slice(0, limit).map((suspect) => (
            <Suspect key={suspect.ids[0]} suspect={suspect} dataset={dataset} />
          ))}
        </ul>
      )}
      <div className={styles.deeds}>
        {!progress && (
          <Button
            size="xs"
            leftSection={<IconTags size={14} />}
            disabled={!possible || live}
            onClick={() => checkLabels()}
          >
            {t(found ? 'wrong.again' : 'wrong.look')}
          </Button>
        )}
        {open.length > limit && (
          <Button size="xs" variant="subtle" onClick={() => setLimit(limit + MORE)}>
            {t('wrong.more', { count: open.length - limit })}
          </Button>
        )}
        {found && open.length > 0 && (
          <Button size="xs" variant="subtle" onClick={() => onShow(idsOf({ ...found, cases: open }), title)}>
            {t('report.show', { count: open.length })}
          </Button>
        )}
      </div>
      {(live || !possible) && !progress && (
        <p className="tiny faint">{t(live ? 'wrong.busy' : 'wrong.needsClasses')}</p>
      )}
    </section>
  );
}

/** A picture or a text, what it is called, what it more probably is, and a person's word on it. */
function Suspect({ suspect: { ids, values }, dataset }: { suspect: FindingCase; dataset: DatasetSummary }) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const { edit, settleLabel } = useActions();
  const id = ids[0]!;
  const likely = dataset.classes.findIndex(({ name }) => name === values.likely);
  async function settle(work?: () => Promise<void>): Promise<void> {
    await work?.();
    settleLabel(id);
  }
  return (
    <li data-kind={dataset.kind}>
      <ExamplePreview id={id} alt={exampleName(dataset, id)} />
      <div>
        <p className="small">
          <span className="muted">{t('wrong.given', { name: values.given })}</span>{' '}
          <b>{t('wrong.likely', { name: values.likely, share: format.percent(Number(values.probability), 0) })}</b>
        </p>
        <div className={styles.deeds}>
          {likely !== NONE && (
            <Button size="xs" onClick={() => settle(() => edit({ kind: 'label', ids: [id], label: likely }))}>
              {t('wrong.relabel', { name: values.likely })}
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={() => settle(() => edit({ kind: 'exclude', ids: [id] }))}>
            {t('gallery.exclude')}
          </Button>
          <Button size="xs" variant="subtle" onClick={() => settle()}>
            {t('wrong.right')}
          </Button>
        </div>
      </div>
    </li>
  );
}
