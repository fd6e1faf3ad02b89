import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface LosesWorkProps {
  edited: boolean;
  runs: number;
  onAnswer(yes: boolean): void;
}

/** Reading anew begins another data set: is what was done with this one to be left behind? */
export function LosesWork({ edited, runs, onAnswer }: LosesWorkProps) {
  const { t } = useTranslation('data');
  return (
    <Modal
      opened
      onClose={() => onAnswer(false)}
      title={t('table.ask.title')}
      size="sm"
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <p className="muted">
        {edited && `${t('table.ask.edits')} `}
        {runs > 0 && t('table.ask.runs', { count: runs })}
      </p>
      <div className="row wrap" style={{ marginTop: 16 }}>
        <Button variant="filled" onClick={() => onAnswer(true)}>
          {t('table.ask.yes')}
        </Button>
        <Button data-autofocus variant="subtle" onClick={() => onAnswer(false)}>
          {t('cancel')}
        </Button>
      </div>
    </Modal>
  );
}
