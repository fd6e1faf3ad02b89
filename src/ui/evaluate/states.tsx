import { Button, Skeleton } from '@mantine/core';
import { Card } from '../controls/card.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { useKindTranslation } from '../controls/kind-translation.ts';
import { ProgressLine } from '../controls/progress-line.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './evaluate.module.css';

/** Real counts, then skeletons in the shape of what is to come. */
export function Waiting({ shapes = 3 }: { shapes?: number }) {
  const { t } = useKindTranslation('evaluate');
  const progress = useStudio((state) => state.progress.evaluate);
  const skeletons = Array.from({ length: shapes }, (_, i) => <Skeleton key={i} height={320} radius={12} />);
  return (
    <>
      <Card>
        <ProgressLine label={t('progress')} progress={progress ?? { done: 0, total: 0, unit: 'items' }} />
      </Card>
      {shapes > 1 ? <div className={styles.first}>{skeletons}</div> : skeletons}
    </>
  );
}

export function NotEvaluated({ again }: { again(): void }) {
  const { t } = useKindTranslation('evaluate');
  return (
    <Card>
      <EmptyState title={t('empty.notEvaluated')} action={<Button onClick={again}>{t('again')}</Button>}>
        {t('empty.notEvaluatedNote')}
      </EmptyState>
    </Card>
  );
}

export function NoData() {
  const { t } = useKindTranslation('evaluate');
  const actions = useActions();
  return (
    <Card>
      <EmptyState
        title={t('empty.noData')}
        action={<Button onClick={() => actions.show('data')}>{t('empty.toData')}</Button>}
      >
        {t('empty.noDataNote')}
      </EmptyState>
    </Card>
  );
}
