import { Button, Checkbox, Modal } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MethodId } from '@/methods/metas.ts';
import type { OptionSpec } from '@/protocol/options.ts';
import { learningRateOf } from '@/session/defaults.ts';
import { OptionForm } from '../controls/option-form.tsx';
import { useProblemWords } from '../controls/problem-words.ts';
import { useFormat } from '../format.ts';
import { useReadiness } from '../model/readiness.ts';
import { useActions, useParts } from '../studio-context.tsx';
import styles from './compare.module.css';

/** How many seeds each method gets; belongs to no run. */
const SEEDS = { name: 'seeds', type: 'integer', default: 3, min: 1, max: 5 } as const satisfies OptionSpec;
/** Those that a first comparison is about, beside the chosen one. */
const FIRST: readonly string[] = ['full', 'head', 'last-n', 'lora'];

/** Chooses methods to be run on the same data, one after another. */
export function MethodsDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation(['compare', 'model', 'shell']);
  const format = useFormat();
  const problem = useProblemWords();
  const { plan, settings, model } = useParts('plan', 'settings', 'model');
  const { compareMethods, show } = useActions();
  const { ready, reason } = useReadiness();
  const [picked, setPicked] = useState<Readonly<Record<string, boolean>>>({});
  const [seeds, setSeeds] = useState<number>(SEEDS.default);
  const fit = plan?.plans.map(({ method }) => method as MethodId) ?? [];
  const chosen = fit.filter((id) => picked[id] ?? (FIRST.includes(id) || id === settings.method.id));
  const runs = chosen.length * seeds;
  const begin = () => {
    onClose();
    show('compare');
    void compareMethods(chosen, seeds);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<b>{t('methods.title')}</b>}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <p className="small muted">{t('methods.note')}</p>
      <ul className={styles.methods}>
        {fit.map((id) => (
          <li key={id}>
            <Checkbox
              checked={chosen.includes(id)}
              onChange={(event) => setPicked({ ...picked, [id]: event.currentTarget.checked })}
              label={t(`model:method.${id}.name`)}
              description={t('methods.costs', {
                weights: format.compact(plan?.plans.find(({ method }) => method === id)?.trainable ?? 0),
                rate: format.rate(learningRateOf(id, model?.task ?? '', settings.optimizer)),
              })}
            />
          </li>
        ))}
        {plan?.unfit.map(({ method, problem: why }) => (
          <li key={method}>
            <Checkbox
              disabled
              checked={false}
              readOnly
              label={t(`model:method.${method}.name`)}
              description={problem(why).what}
            />
          </li>
        ))}
      </ul>
      <div className={styles.fields}>
        <OptionForm specs={[SEEDS]} values={{ seeds }} onChange={(_, value) => setSeeds(Number(value))} />
      </div>
      <div className={`row wrap ${styles.begin}`}>
        <Button
          variant="filled"
          leftSection={<IconPlayerPlay size={16} />}
          disabled={!ready || runs === 0}
          onClick={begin}
        >
          {t('start', { count: runs })}
        </Button>
        <span className="small muted">{ready ? t('epochs', { count: runs * settings.epochs }) : reason}</span>
      </div>
    </Modal>
  );
}
