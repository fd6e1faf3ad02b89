import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type CSSProperties, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ClassSummary, type DatasetSummary, SPLITS } from '@/protocol/dataset.ts';
import { StatusBadge } from '../controls/status-badge.tsx';
import { Thumbnail } from '../controls/thumbnail.tsx';
import { useFormat } from '../format.ts';
import styles from './class-grid.module.css';
import { sizeOf, smallClasses } from './findings.ts';

/** Classes shown at first; a dataset may have hundreds. */
const CLASSES_AT_FIRST = 24;
/** Pictures of a class shown at first, and how many more a press brings. */
const PICTURES_AT_FIRST = 10;
const MORE_PICTURES = 40;

/** A look into every class: the first pictures, how many there are, and how they are dealt out. */
export function ClassGrid({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useTranslation('data');
  const [all, setAll] = useState(false);
  const byClass = useMemo(() => {
    const groups = dataset.classes.map((): number[] => []);
    dataset.examples.labels.forEach((label, id) => {
      groups[label]?.push(id);
    });
    return groups;
  }, [dataset]);
  const small = useMemo(() => new Set(smallClasses(dataset)), [dataset]);
  const shown = all ? dataset.classes : dataset.classes.slice(0, CLASSES_AT_FIRST);
  return (
    <>
      <div className={styles.grid} style={{ '--columns': Math.min(6, Math.max(4, shown.length)) } as CSSProperties}>
        {shown.map((summary, label) => (
          <ClassCard
            key={summary.name}
            summary={summary}
            dataset={dataset}
            ids={byClass[label] ?? []}
            small={small.has(summary.name)}
          />
        ))}
      </div>
      {shown.length < dataset.classes.length && (
        <Button onClick={() => setAll(true)}>{t('allClasses', { count: dataset.classes.length })}</Button>
      )}
    </>
  );
}

interface ClassCardProps {
  summary: ClassSummary;
  dataset: DatasetSummary;
  ids: readonly number[];
  /** Far fewer pictures than the others. */
  small: boolean;
}

function ClassCard({ summary, dataset, ids, small }: ClassCardProps) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const [limit, setLimit] = useState(PICTURES_AT_FIRST);
  const size = sizeOf(summary);
  const left = ids.length - Math.min(limit, ids.length);
  return (
    <section className={styles.card} aria-label={summary.name}>
      <div className={styles.head}>
        <h2 title={summary.name}>{summary.name}</h2>
        <StatusBadge tone={small ? 'warn' : 'neutral'} icon={small && <IconAlertTriangle size={13} stroke={2.2} />}>
          {format.number(size, 0)}
        </StatusBadge>
      </div>
      <ul className={styles.pictures}>
        {ids.slice(0, limit).map((id) => {
          const path = dataset.examples.paths[id]!;
          const split = SPLITS[dataset.examples.splits[id]!] ?? 'train';
          return (
            <li key={id} data-split={split}>
              <Thumbnail
                id={id}
                alt={t('picture', { file: path.split('/').at(-1), split: t(`split.${split}`) })}
                title={`${path} · ${t(`split.${split}`)}`}
              />
            </li>
          );
        })}
      </ul>
      <div className={styles.foot}>
        <span className="num">
          {SPLITS.map((split) => (
            <span key={split} title={t(`split.${split}`)}>
              <span className="visually-hidden">{t(`split.${split}`)} </span>
              {format.number(summary.counts[split], 0)}
            </span>
          ))}
        </span>
        {left > 0 && (
          <button
            type="button"
            className="plain-button num"
            aria-label={t('more', { count: left, name: summary.name })}
            onClick={() => setLimit(limit + MORE_PICTURES)}
          >
            +{format.number(left, 0)}
          </button>
        )}
      </div>
    </section>
  );
}
