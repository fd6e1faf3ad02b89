import { ActionIcon, Button, Menu, Modal, Textarea, TextInput } from '@mantine/core';
import {
  IconChartLine,
  IconDots,
  IconGitBranch,
  IconNote,
  IconPencil,
  IconPin,
  IconPinnedOff,
  IconTrash,
} from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver } from '@/protocol/run.ts';
import type { RunRecord } from '@/session/store.ts';
import { hasWeights } from '../panels/run-words.ts';
import { useActions } from '../studio-context.tsx';

type Asked = 'rename' | 'notes' | 'delete';

/** What a person can do with one run of the table. */
export function RunMenu({ run, name }: { run: RunRecord; name: string }) {
  const { t } = useTranslation(['compare', 'shell']);
  const { pinRun, showRun, show, branchFrom } = useActions();
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" size="sm" aria-label={t('menu.label', { run: name })}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconChartLine size={16} />}
            onClick={() => {
              showRun(run.id);
              show('train');
            }}
          >
            {t('menu.show')}
          </Menu.Item>
          <Menu.Item
            leftSection={run.pinned ? <IconPinnedOff size={16} /> : <IconPin size={16} />}
            onClick={() => void pinRun(run.id)}
          >
            {t(run.pinned ? 'menu.unpin' : 'menu.pin')}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setAsked('rename')}>
            {t('menu.rename')}
          </Menu.Item>
          <Menu.Item leftSection={<IconNote size={16} />} onClick={() => setAsked('notes')}>
            {t('menu.notes')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconGitBranch size={16} />}
            disabled={!run.status.best || run.imported || !hasWeights(run)}
            onClick={() => void branchFrom(run.id, 'best')}
          >
            {t('menu.branch')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={16} />}
            disabled={!isOver(run.status.phase)}
            onClick={() => setAsked('delete')}
          >
            {t('menu.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked && (
        <Modal
          opened
          onClose={close}
          size="sm"
          title={<b>{t(`menu.title.${asked}`, { run: name })}</b>}
          closeButtonProps={{ 'aria-label': t('shell:dismiss') }}
        >
          {asked === 'delete' ? <Delete run={run} onDone={close} /> : <Words run={run} what={asked} onDone={close} />}
        </Modal>
      )}
    </>
  );
}

interface DialogProps {
  run: RunRecord;
  onDone(): void;
}

function Delete({ run, onDone }: DialogProps) {
  const { t } = useTranslation(['compare', 'data']);
  const { forgetRun } = useActions();
  return (
    <>
      <p className="muted">{t('menu.deleteNote')}</p>
      <div className="row wrap" style={{ marginTop: 16 }}>
        <Button
          variant="filled"
          color="bad"
          onClick={() => {
            onDone();
            void forgetRun(run.id);
          }}
        >
          {t('menu.deleteForGood')}
        </Button>
        <Button data-autofocus variant="subtle" onClick={onDone}>
          {t('data:cancel')}
        </Button>
      </div>
    </>
  );
}

function Words({ run, what, onDone }: DialogProps & { what: 'rename' | 'notes' }) {
  const { t } = useTranslation(['compare', 'data']);
  const { renameRun, noteRun } = useActions();
  const [words, setWords] = useState((what === 'rename' ? run.name : run.notes) ?? '');
  const keep = (event: FormEvent) => {
    event.preventDefault();
    onDone();
    void (what === 'rename' ? renameRun : noteRun)(run.id, words);
  };
  return (
    <form onSubmit={keep}>
      {what === 'rename' ? (
        <TextInput
          data-autofocus
          label={t('menu.name')}
          description={t('menu.nameNote')}
          value={words}
          maxLength={80}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      ) : (
        <Textarea
          data-autofocus
          autosize
          minRows={3}
          label={t('menu.notes')}
          value={words}
          maxLength={2000}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      <div className="row wrap" style={{ marginTop: 16 }}>
        <Button type="submit" variant="filled">
          {t('menu.keep')}
        </Button>
        <Button variant="subtle" onClick={onDone}>
          {t('data:cancel')}
        </Button>
      </div>
    </form>
  );
}
