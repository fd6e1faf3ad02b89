import { Button, Modal, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface NameDialogProps {
  title: string;
  value: string;
  /** Names that are taken. */
  classes: readonly string[];
  button: string;
  onClose(): void;
  onDone(name: string): void;
}

/** Asks for a class's name; one that is there already makes both one. */
export function NameDialog({ title, value, classes, button, onClose, onDone }: NameDialogProps) {
  const { t } = useTranslation('data');
  const [name, setName] = useState(value);
  const next = name.trim();
  const taken = next !== value && classes.includes(next);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (next === '') return;
    if (next !== value) onDone(next);
    onClose();
  }
  return (
    <Modal opened onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': t('shell:dismiss') }}>
      <form onSubmit={submit} className="stack">
        <TextInput
          data-autofocus
          label={t('class.name')}
          value={name}
          maxLength={250}
          description={taken ? t(value ? 'class.becomesOne' : 'class.isThere', { name: next }) : undefined}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <div className="row">
          <Button type="submit" variant="filled" disabled={next === '' || (taken && value === '')}>
            {button}
          </Button>
          <Button variant="subtle" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

interface MergeDialogProps {
  name: string;
  others: readonly { name: string; label: number }[];
  onClose(): void;
  onDone(into: number): void;
}

/** Asks which class another one goes into. */
export function MergeDialog({ name, others, onClose, onDone }: MergeDialogProps) {
  const { t } = useTranslation('data');
  const [into, setInto] = useState<string | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('class.mergeTitle', { name })}
      size="sm"
      closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
    >
      <div className="stack">
        <Select
          data-autofocus
          searchable
          label={t('class.into')}
          nothingFoundMessage={t('gallery.noClass')}
          data={others.map((other) => ({ value: String(other.label), label: other.name }))}
          value={into}
          onChange={setInto}
        />
        <div className="row">
          <Button
            variant="filled"
            disabled={into === null}
            onClick={() => {
              onDone(Number(into));
              onClose();
            }}
          >
            {t('class.merge')}
          </Button>
          <Button variant="subtle" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
