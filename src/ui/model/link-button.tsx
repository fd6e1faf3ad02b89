import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { linkOf, sampleOpen } from '@/session/setup-link.ts';
import { useStudio } from '../studio-context.tsx';
import styles from './link-button.module.css';

/** Copies an address that sets up what stands here; of a person's own data there is none, and it says so. */
export function LinkButton() {
  const { t } = useTranslation('present');
  const dataset = useStudio((state) => state.dataset);
  const settings = useStudio((state) => state.settings);
  const { copy, copied, error } = useClipboard({ timeout: 3000 });
  if (!dataset) return null;
  const open = sampleOpen(dataset, settings.model);
  const share = (sample: Parameters<typeof linkOf>[0]['sample']) => {
    const { origin, pathname } = location;
    copy(origin + pathname + linkOf({ sample, settings }));
  };
  return (
    <div className={styles.link}>
      <Button
        leftSection={copied ? <IconCheck size={16} /> : <IconLink size={16} />}
        disabled={'why' in open}
        onClick={() => 'sample' in open && share(open.sample)}
      >
        {t('link.copy')}
      </Button>
      <span className="small muted" role="status">
        {'why' in open
          ? t(`link.why.${open.why}`)
          : error
            ? t('link.failed')
            : copied
              ? t('link.copied')
              : t('link.note')}
      </span>
    </div>
  );
}
