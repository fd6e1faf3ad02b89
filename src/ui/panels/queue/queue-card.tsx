import { ActionIcon, Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { QueuedRun } from '@/protocol/project.ts';
import { Card } from '@/ui/controls/card.tsx';
import { Note } from '@/ui/controls/note.tsx';
import { useFormat } from '@/ui/format.ts';
import { useActions, useStudio } from '@/ui/studio-context.tsx';
import styles from './queue.module.css';

/** Runs that wait for the one that goes on, in their order. */
export function QueueCard() {
  const { t } = useTranslation('steer');
  const queue = useStudio((state) => state.queue);
  const held = useStudio((state) => state.queueHeld);
  const { releaseQueue } = useActions();
  if (queue.length === 0) return null;
  return (
    <Card
      title={t('queue.title')}
      aside={<span className="tiny faint num">{t('queue.count', { count: queue.length })}</span>}
    >
      {held && (
        <Note
          tone="warn"
          role="status"
          actions={
            <Button size="xs" variant="filled" onClick={releaseQueue}>
              {t('queue.release')}
            </Button>
          }
        >
          {t(`queue.held.${held}`)}
        </Note>
      )}
      <ol className={styles.queue}>
        {queue.map((queued, i) => (
          <Waiting key={queued.id} queued={queued} place={i} of={queue.length} />
        ))}
      </ol>
    </Card>
  );
}

function Waiting({ queued, place, of }: { queued: QueuedRun; place: number; of: number }) {
  const { t } = useTranslation('steer');
  const { moveQueued, unqueue } = useActions();
  const words = useQueuedName()(queued);
  return (
    <li>
      <span className={styles.words}>{words}</span>
      <ActionIcon
        variant="subtle"
        size="sm"
        disabled={place === 0}
        aria-label={t('queue.earlier', { run: words })}
        onClick={() => moveQueued(queued.id, -1)}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size="sm"
        disabled={place === of - 1}
        aria-label={t('queue.later', { run: words })}
        onClick={() => moveQueued(queued.id, 1)}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size="sm"
        aria-label={t('queue.remove', { run: words })}
        onClick={() => unqueue(queued.id)}
      >
        <IconX size={14} />
      </ActionIcon>
    </li>
  );
}

/** "Head only · 3e-3 · 20 epochs": what a run that has no number yet is told by. */
function useQueuedName(): (queued: QueuedRun) => string {
  const { t } = useTranslation(['steer', 'train', 'model']);
  const format = useFormat();
  return ({ settings, modelName, from }) => {
    const { id, options } = settings.method;
    const keys = [`train:method.${id}`, `model:method.${id}.name`];
    const method = t(keys, { ...options, count: Number(options.stages ?? 1) });
    const words = t('queue.name', {
      method,
      model: modelName,
      rate: format.rate(settings.learningRate),
      count: settings.epochs,
    });
    return from ? t('queue.branch', { run: words }) : words;
  };
}
