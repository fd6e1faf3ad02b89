import { Button, NumberInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { type DatasetSummary, SPLITS, type Split } from '@/protocol/dataset.ts';
import { Card } from '../controls/card.tsx';
import type { PlainTable } from '../controls/download-csv.ts';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useFormat } from '../format.ts';
import { useActions } from '../studio-context.tsx';
import { isLabelled } from './labelled.ts';
import { SplitBar } from './split-bar.tsx';
import styles from './split-card.module.css';
import { type Shares, settingsOf, sharesOf } from './split-shares.ts';

export const countsOf = ({ classes }: DatasetSummary): Record<Split, number> => {
  const sum = (split: Split) => classes.reduce((total, { counts }) => total + counts[split], 0);
  return { train: sum('train'), validation: sum('validation'), test: sum('test') };
};

/** How the examples are dealt out; every class alike. Drawn anew when a border has come to rest. */
export function SplitCard({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useKindTranslation('data');
  const format = useFormat();
  const { split } = useActions();
  const { seed } = dataset.split;
  const [shares, setShares] = useState(() => sharesOf(dataset.split));
  // A new dataset, or what the engine made of the wish.
  useEffect(() => setShares(sharesOf(dataset.split)), [dataset.split]);
  const draw = useDebouncedCallback(
    (wish: Shares, wishedSeed: number) => void split(settingsOf(wish, wishedSeed)),
    350,
  );

  const settled = sharesOf(dataset.split);
  const same = SPLITS.every((part) => settled[part] === shares[part]);
  const given = dataset.splitGiven;
  const drawn = given.length < SPLITS.length;
  const counts = same ? countsOf(dataset) : estimate(shares, dataset.examples.length);

  return (
    <Card
      title={t('split.title')}
      aside={
        drawn ? (
          <>
            <span className={`${styles.alike} small muted`}>
              {given.length > 0
                ? t('split.givenSome', { splits: format.list(given.map((part) => t(`split.${part}`))) })
                : isLabelled(dataset) && t('split.alike')}
            </span>
            <label className="row small muted" htmlFor="split-seed">
              {t('split.seed')}
              <NumberInput
                id="split-seed"
                size="xs"
                w={84}
                min={0}
                max={2 ** 31 - 1}
                allowDecimal={false}
                value={seed}
                onChange={(value) => typeof value === 'number' && value !== seed && draw(shares, value)}
              />
            </label>
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconRefresh size={14} />}
              onClick={() => draw(shares, Math.floor(Math.random() * 10_000))}
            >
              {t('split.again')}
            </Button>
          </>
        ) : (
          <span className="small muted">{t('split.given')}</span>
        )
      }
      downloads={{ name: `${dataset.name}-split`, table: () => tableOf(dataset), chart: true }}
    >
      <SplitBar
        shares={given.length > 0 ? partsOf(counts) : shares}
        counts={counts}
        fixed={given.length > 0}
        onMove={(moved) => {
          setShares(moved);
          draw(moved, seed);
        }}
      />
    </Card>
  );
}

/** What the files name is as large as it is, whatever the shares. */
function partsOf(counts: Readonly<Record<Split, number>>): Shares {
  const share = (part: Split) => (100 * counts[part]) / (counts.train + counts.validation + counts.test);
  return { train: share('train'), validation: share('validation'), test: share('test') };
}

/** How many examples of each class each split has. */
const tableOf = ({ classes }: DatasetSummary): PlainTable => ({
  header: ['class', ...SPLITS, 'excluded'],
  rows: classes.map(({ name, counts, excluded }) => [name, ...SPLITS.map((part) => counts[part]), excluded]),
});

/** Counts while a border moves, before the engine has dealt. */
function estimate(shares: Shares, total: number): Record<Split, number> {
  const validation = Math.round((total * shares.validation) / 100);
  const test = Math.round((total * shares.test) / 100);
  return { train: total - validation - test, validation, test };
}
