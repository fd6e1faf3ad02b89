import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowsSplit2,
  IconAspectRatio,
  IconCopy,
  IconLanguage,
  IconLetterCase,
  IconScale,
  IconSquare,
  IconTags,
  type TablerIcon,
} from '@tabler/icons-react';
import {
  type DatasetEdit,
  type DatasetSummary,
  exampleName,
  type Finding,
  type FindingKind,
  NONE,
  SPLITS,
} from '@/protocol/dataset.ts';
import { ExamplePreview } from '../../controls/example-preview.tsx';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { useFormat } from '../../format.ts';
import { isLabelled } from '../labelled.ts';
import styles from './data-report.module.css';
import { classesOf, idsOf } from './findings.ts';

const ICONS: Readonly<Record<FindingKind, TablerIcon>> = {
  leakage: IconArrowsSplit2,
  'conflicting-labels': IconTags,
  'probably-mislabelled': IconTags,
  'exact-duplicates': IconCopy,
  'near-duplicates': IconCopy,
  blank: IconSquare,
  'odd-size': IconAspectRatio,
  'empty-text': IconSquare,
  'short-text': IconAspectRatio,
  'long-text': IconAspectRatio,
  'unknown-language': IconLanguage,
  imbalance: IconScale,
  'class-too-small': IconAlertTriangle,
  'similar-class-names': IconLetterCase,
};

/** Cases that stand as examples, and how many of a case. */
const CASES = 3;
const OF_CASE = 3;
/** Values that are shares. */
const SHARES: ReadonlySet<string> = new Set(['unknown', 'single']);
/** Classes that a sentence names. */
const NAMED = 4;

interface FindingItemProps {
  finding: Finding;
  dataset: DatasetSummary;
  /** Something changed since it was found. */
  disabled: boolean;
  onShow(ids: ReadonlySet<number>, name: string): void;
  onRemedy(remedy: DatasetEdit): void;
}

/** What was found, with examples of it side by side, and what one click does about it. */
export function FindingItem({ finding, dataset, disabled, onShow, onRemedy }: FindingItemProps) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const { kind, severity, cases, remedy } = finding;
  const names = classesOf(finding, dataset);
  const listed = format.list(names.slice(0, NAMED).map((name) => `“${name}”`));
  const ids = idsOf(finding);
  const figures = Object.entries(finding.values).map(([name, value]): [string, string] => [
    name,
    typeof value !== 'number' ? value : SHARES.has(name) ? format.percent(value, 0) : format.number(value, 0),
  ]);
  const words: Record<string, string | number> = {
    ...Object.fromEntries(figures),
    count: cases.length,
    names: listed,
  };
  const title = t(`finding.${kind}`, words);
  const Icon = ICONS[kind];
  // A whole class has no case to look at.
  const examples = kind === 'imbalance' || kind === 'class-too-small' ? [] : cases.slice(0, CASES);
  return (
    <li className={styles.finding} data-severity={severity}>
      <Icon size={18} stroke={1.9} aria-hidden="true" />
      <div>
        <h3>{title}</h3>
        <p className="small muted">{t(`findingNote.${kind}`, words)}</p>
        {examples.length > 0 && (
          <ul className={styles.cases} data-kind={dataset.kind}>
            {examples.map(({ ids: together }) => (
              <li key={together.join()} className={styles.case}>
                {together.slice(0, OF_CASE).map((id) => (
                  <Example key={id} id={id} dataset={dataset} />
                ))}
              </li>
            ))}
          </ul>
        )}
        <div className={styles.deeds}>
          {remedy && (
            <Button size="xs" disabled={disabled} onClick={() => onRemedy(remedy)}>
              {t(`remedy.${remedy.kind}`, { count: 'ids' in remedy ? remedy.ids.length : 1 })}
            </Button>
          )}
          {ids.size > 0 && (
            <Button size="xs" variant="subtle" onClick={() => onShow(ids, title)}>
              {t('report.show', { count: ids.size })}
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}

/** A picture or a text with where it is: its class and split. */
function Example({ id, dataset }: { id: number; dataset: DatasetSummary }) {
  const { examples, classes } = dataset;
  const { t } = useKindTranslation('data');
  const split = SPLITS[examples.splits[id]!];
  const labelled = isLabelled(dataset);
  const name = labelled ? (classes[examples.labels[id]!]?.name ?? t('unsorted')) : '';
  const part = examples.excluded[id] ? t('excluded') : split ? t(`split.${split}`) : t('noPart');
  const file = exampleName(dataset, id).split('/').at(-1);
  const words = [file, name, part].filter(Boolean).join(', ');
  return (
    <figure title={words}>
      <ExamplePreview id={id} alt={words} />
      <figcaption aria-hidden="true">
        {name && <b>{name}</b>}
        {examples.labels[id] !== NONE && <span>{part}</span>}
      </figcaption>
    </figure>
  );
}
