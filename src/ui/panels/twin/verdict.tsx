import { useTranslation } from 'react-i18next';
import { pairedVerdict } from '@/lib/paired.ts';
import { sharesOf, type TwinPair } from '@/session/twin.ts';
import { useFormat } from '@/ui/format.ts';
import styles from './twin.module.css';

const SPLITS = ['validation', 'test'] as const;

/** What pairs of runs say of the pretraining, a sentence for each set of examples that they were judged on. */
export function Verdicts({ pairs }: { pairs: readonly TwinPair[] }) {
  const { t } = useTranslation('twin');
  const words = useVerdict(pairs);
  return SPLITS.map((split) => {
    const said = words(split);
    return (
      said && (
        <p key={split} className={styles.verdict} data-split={split}>
          <span className="tiny faint">{t(`on.${split}`)}</span>
          <b>{said}</b>
        </p>
      )
    );
  });
}

function useVerdict(pairs: readonly TwinPair[]): (split: (typeof SPLITS)[number]) => string | undefined {
  const { t } = useTranslation('twin');
  const format = useFormat();
  const points = (share: number) => format.number(100 * share, 1);
  return (split) => {
    const verdict = pairedVerdict(
      sharesOf(pairs, split).map(({ pretrained, scratch }) => [pretrained, scratch] as const),
    );
    if (!verdict) return undefined;
    const { kind, difference, low, high, pairs: count } = verdict;
    // of what hurts, how much it hurts
    const ends = kind === 'hurts' ? [-difference, -high, -low] : [difference, low, high];
    const [by, from, to] = ends.map(points);
    return t(`verdict.${kind}`, { count, points: by, low: from, high: to });
  };
}
