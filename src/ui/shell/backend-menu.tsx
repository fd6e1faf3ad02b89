import { Menu } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { BACKEND_CHOICES, type BackendChoice, type BackendInfo } from '@/protocol/backend.ts';
import { LaterProblemNote } from '../controls/later-problem-note.tsx';
import { useFormat } from '../format.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './backend-menu.module.css';
import { useBackendWords } from './backend-words.ts';
import { hrefOf } from './route.ts';

/** What the page computes on, always in sight; opens the choice and its reasons. */
export function BackendMenu() {
  const { t } = useTranslation('shell');
  const backend = useStudio((state) => state.backend);
  const choice = useStudio((state) => state.backendChoice);
  const { chooseBackend } = useActions();
  const { name, detail, gpu } = useBackendWords();
  return (
    <Menu width={340} position="bottom-end" shadow="md" checkIcon={<IconCheck size={16} />}>
      <Menu.Target>
        <button type="button" className={styles.badge} data-gpu={gpu} aria-label={t('backend.open', { name, detail })}>
          <span className={styles.dot} />
          <b>{name}</b> {detail && <span className={styles.detail}>{detail}</span>}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('backend.title')}</Menu.Label>
        <Menu.RadioGroup value={choice} onChange={(id) => chooseBackend(id as BackendChoice)}>
          {BACKEND_CHOICES.map((id) => (
            <Menu.RadioItem key={id} value={id} closeMenuOnClick>
              <b className={styles.choice}>{t(`backend.choice.${id}.name`)}</b>
              <span className="small muted">{t(`backend.choice.${id}.note`)}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {backend && <Details backend={backend} />}
        <Menu.Divider />
        <Menu.Item component="a" href={hrefOf('bench')}>
          {t('backend.measure')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Details({ backend }: { backend: BackendInfo }) {
  const { t } = useTranslation('shell');
  const format = useFormat();
  const facts = [
    backend.adapter && t('backend.adapter', { adapter: backend.adapter }),
    backend.maxBufferBytes > 0 && t('backend.buffer', { size: format.bytes(backend.maxBufferBytes) }),
    backend.name === 'wasm' && t('backend.threads', { count: backend.threads }),
  ].filter(Boolean);
  return (
    <div className={styles.details}>
      {backend.reasons.map((reason) => (
        <LaterProblemNote key={reason.code} problem={reason} />
      ))}
      {facts.length > 0 && <p className="tiny faint num">{facts.join(' · ')}</p>}
    </div>
  );
}
