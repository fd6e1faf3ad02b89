import { Button, Textarea } from '@mantine/core';
import { IconPencilCheck } from '@tabler/icons-react';
import { type KeyboardEvent, useMemo, useState } from 'react';
import type { RunRecord } from '@/session/store.ts';
import { Card } from '../controls/card.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import styles from './evaluate.module.css';
import { Detail } from './picture-detail.tsx';

/** A text of one's own, named by the tuned model, with the words that spoke for it. */
export function TextTrialCard({ run }: { run: RunRecord }) {
  const { t } = useKindTranslation('evaluate');
  const [typed, type] = useState('');
  const [text, take] = useState<string>();
  const tried = useMemo(() => (text === undefined ? undefined : ({ kind: 'text', text } as const)), [text]);
  const ready = typed.trim() !== '' && typed !== text;
  const go = () => ready && take(typed);
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    go();
  };
  return (
    <Card title={t('trial.title')}>
      <div className="stack">
        <Textarea
          aria-label={t('trial.title')}
          placeholder={t('trial.drop')}
          autosize
          minRows={3}
          maxRows={10}
          value={typed}
          dir="auto"
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={press}
        />
        <div className="row">
          <Button variant="filled" leftSection={<IconPencilCheck size={16} />} disabled={!ready} onClick={go}>
            {t('trial.pick')}
          </Button>
          <span className="tiny faint">{t('trial.keys')}</span>
        </div>
        {tried && (
          <div className={styles.trial}>
            <Detail run={run} tried={tried} text={text} />
          </div>
        )}
      </div>
    </Card>
  );
}
