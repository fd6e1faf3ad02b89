import { Button, Modal } from '@mantine/core';
import { IconChartDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { useReadiness } from '../model/readiness.ts';
import { SeedsChoice } from '../panels/twin/seeds-choice.tsx';
import twin from '../panels/twin/twin.module.css';
import { AskTwin } from '../panels/twin/twin-card.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './compare.module.css';

const SEEDS = ['1', '3', '5'] as const;
/** Runs on each seed: 10, 25, 50 and 100 % of the data. */
const RUNS = 4;

/** What the pretraining and what the data are worth to the settings as they stand. */
export function StartDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation(['twin', 'shell']);
  const { t: ofKind } = useKindTranslation('twin');
  const scratch = useStudio((state) => state.settings.start === 'scratch');
  const { show, learningCurve } = useActions();
  const { ready, reason } = useReadiness();
  const [seeds, setSeeds] = useState<(typeof SEEDS)[number]>('3');
  const begin = () => {
    onClose();
    show('compare');
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<b>{t('begin.title')}</b>}
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <h3>{t('title')}</h3>
      <p className="small muted">{t('what')}</p>
      {scratch ? <p className="small muted">{t('begin.scratch')}</p> : <AskTwin onBegin={begin} />}
      <h3 className={styles.second}>{t('curve.ask')}</h3>
      <p className="small muted">{ofKind('curve.what')}</p>
      <div className={twin.ask}>
        <SeedsChoice<(typeof SEEDS)[number]> counts={SEEDS} seeds={seeds} onChange={setSeeds} />
        <Button
          size="xs"
          disabled={!ready}
          leftSection={<IconChartDots size={14} />}
          onClick={() => {
            begin();
            void learningCurve(undefined, Number(seeds));
          }}
        >
          {t('curve.start')}
        </Button>
        <span className="tiny faint">{ready ? t('runs', { count: RUNS * Number(seeds) }) : reason}</span>
      </div>
    </Modal>
  );
}
