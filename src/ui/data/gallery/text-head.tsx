import type { TextSummary } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import { isLabelled } from '../labelled.ts';
import styles from './text-cell.module.css';

/** What stands in the columns of the list of texts; each is read out with its row. */
export function TextHead({ dataset }: { dataset: TextSummary }) {
  const { t } = useKindTranslation('data');
  const labelled = isLabelled(dataset);
  const pairs = !labelled && dataset.mapping.layout !== 'plain';
  return (
    <div className={styles.head} data-labelled={labelled || undefined} aria-hidden="true">
      <span>{t('view.row')}</span>
      {pairs ? (
        <span className={styles.pair}>
          <span>{t('role.prompt')}</span>
          <span>{t('role.completion')}</span>
        </span>
      ) : (
        <span>{t('role.text')}</span>
      )}
      {labelled && <span>{t('view.class')}</span>}
      <span>{t('view.split')}</span>
    </div>
  );
}
