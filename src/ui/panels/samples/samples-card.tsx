import { useTranslation } from 'react-i18next';
import { isOver, type RunSample } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '@/ui/controls/card.tsx';
import { useFormat } from '@/ui/format.ts';
import { writes } from '../run-words.ts';
import styles from './samples.module.css';

/** What the model writes to one prompt at each validation: the newest beside the one before training, then the others. */
export function SamplesCard({ run }: { run: RunRecord }) {
  const { t } = useTranslation('train');
  const { samples, status } = run;
  const newest = samples.at(-1);
  if (!writes(run) || run.imported) return null;
  if (!newest)
    return isOver(status.phase) ? null : (
      <Card title={t('samples.title')}>
        <p className="small muted">{t('samples.waiting')}</p>
      </Card>
    );
  const before = samples.find(({ step }) => step === 0);
  const rest = samples.filter((sample) => sample !== newest && sample !== before).reverse();
  return (
    <Card
      title={t('samples.title')}
      downloads={{ name: `run-${run.number}-samples`, table: () => tableOf(run.number, samples) }}
    >
      <p className={styles.prompt} dir="auto">
        <span className="tiny faint">{t('samples.prompt')}</span>
        {newest.prompt}
      </p>
      <div aria-live="polite">
        <Sample sample={newest} newest />
      </div>
      {before && before !== newest && <Sample sample={before} />}
      {rest.length > 0 && (
        <details className={styles.others}>
          <summary>{t('samples.others', { count: rest.length })}</summary>
          {rest.map((sample) => (
            <Sample key={sample.step} sample={sample} />
          ))}
        </details>
      )}
      <p className="tiny faint">{t('samples.how')}</p>
    </Card>
  );
}

function Sample({ sample: { step, epoch, text }, newest = false }: { sample: RunSample; newest?: boolean }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  return (
    <div className={styles.sample} data-newest={newest || undefined}>
      <span className="tiny faint num">
        {step === 0 ? t('samples.before') : t('samples.epoch', { epoch: format.number(epoch, 1) })}
      </span>
      <p dir="auto">{text.trim() === '' ? t('samples.nothing') : text}</p>
    </div>
  );
}

const tableOf = (run: number, samples: readonly RunSample[]) => ({
  header: ['run', 'step', 'epoch', 'prompt', 'text'],
  rows: samples.map(({ step, epoch, prompt, text }) => [run, step, epoch, prompt, text]),
});
