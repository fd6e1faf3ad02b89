import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import type { OptionSpec } from '@/protocol/options.ts';
import { FEW_SHOT_OPTIONS } from '@/protocol/settings.ts';
import { Card } from '../controls/card.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { OptionForm } from '../controls/option-form.tsx';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import { useReadiness } from './readiness.ts';
import { useMarked } from './set-up-note.tsx';
import styles from './settings-card.module.css';

const PER_CLASS = FEW_SHOT_OPTIONS.filter(({ name }) => name === 'examplesPerClass' || name === 'share');
/** How many draws a series has; belongs to no run. */
const DRAWS = { name: 'draws', type: 'integer', default: 5, min: 2, max: 20 } as const satisfies OptionSpec;

/** Training on a handful of examples of each class, drawn several times over. */
export function FewShotCard() {
  const { t } = useKindTranslation('model');
  const fewShot = useStudio((state) => state.settings.fewShot);
  const marked = useMarked();
  const { set, trainFewShot } = useActions();
  const { ready } = useReadiness();
  const [draws, setDraws] = useState<number>(DRAWS.default);
  const few = fewShot.examplesPerClass;
  return (
    <Card title={t('fewShot.title')} aside={few === 0 && <StatusBadge>{t('fewShot.off')}</StatusBadge>}>
      <p className="small muted">{t('fewShot.note')}</p>
      <div className={`${styles.inner} ${styles.roomy}`}>
        <OptionForm
          specs={few > 0 ? [...PER_CLASS, DRAWS] : PER_CLASS}
          values={{ ...fewShot, draws }}
          marked={marked}
          onChange={(name, value) => {
            if (name === DRAWS.name) setDraws(Number(value));
            else void set({ fewShot: { ...fewShot, [name]: value } });
          }}
        />
      </div>
      {few > 0 && (
        <div className={`row wrap ${styles.more}`}>
          <Button disabled={!ready} leftSection={<IconPlayerPlay size={16} />} onClick={() => void trainFewShot(draws)}>
            {t('fewShot.start', { count: draws })}
          </Button>
          <span className="tiny faint">{t('fewShot.what')}</span>
        </div>
      )}
    </Card>
  );
}
