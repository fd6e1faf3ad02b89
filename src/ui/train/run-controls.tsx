import { ActionIcon, Button, Menu, Modal, Tooltip } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import {
  IconArrowRight,
  IconDots,
  IconFlag,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconTargetArrow,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver, type RunPhase } from '@/protocol/run.ts';
import { useActions } from '../studio-context.tsx';
import styles from './train.module.css';

interface Control {
  id: string;
  words: string;
  Icon: TablerIcon;
  act(): void;
  /** Why it cannot be used now. */
  why?: string | undefined;
  primary?: boolean;
  destroys?: boolean;
}

interface RunControlsProps {
  number: number;
  phase: RunPhase;
  bestEpoch: number | undefined;
  /** Whether there are weights to evaluate. */
  kept: boolean;
}

/** What a person can do with the run now. On a phone they dock over the tab bar, the lesser ones in a menu. */
export const RunControls = memo(function RunControls({ number, phase, bestEpoch, kept }: RunControlsProps) {
  const { t } = useTranslation('train');
  const actions = useActions();
  const small = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false });
  const [asking, ask] = useDisclosure(false);
  if (isOver(phase)) return <AfterControls kept={kept} broke={phase === 'lost' || phase === 'failed'} />;
  const control = (kind: 'pause' | 'resume' | 'one-step' | 'validate' | 'stop-keep') => () =>
    void actions.control({ kind });
  const controls = controlsIn(phase, t, control, ask.open);
  const docked = small ? controls.filter(({ id, primary }) => primary || id === 'pause' || id === 'resume') : controls;
  const inMenu = small ? controls.filter((each) => !docked.includes(each)) : [];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's meaning
    <div className={styles.controls} role="group" aria-label={t('control.group')}>
      {docked.map((each) =>
        small && !each.primary ? (
          <IconControl key={each.id} {...each} />
        ) : (
          <WordControl key={each.id} {...each} bare={small} />
        ),
      )}
      {inMenu.length > 0 && <MoreControls controls={inMenu} />}
      <Discard number={number} bestEpoch={bestEpoch} opened={asking && !isOver(phase)} close={ask.close} />
    </div>
  );
});

function controlsIn(
  phase: RunPhase,
  t: (key: string) => string,
  control: (kind: 'pause' | 'resume' | 'one-step' | 'validate' | 'stop-keep') => () => void,
  askToDiscard: () => void,
): Control[] {
  const paused = phase === 'paused';
  const discard: Control = {
    id: 'stop-discard',
    words: t('control.stopDiscard'),
    Icon: IconTrash,
    act: askToDiscard,
    destroys: true,
  };
  if (phase === 'preparing' || phase === 'idle') return [discard];
  if (phase === 'finishing') return [];
  return [
    paused
      ? { id: 'resume', words: t('control.resume'), Icon: IconPlayerPlay, act: control('resume') }
      : { id: 'pause', words: t('control.pause'), Icon: IconPlayerPause, act: control('pause') },
    {
      id: 'one-step',
      words: t('control.oneStep'),
      Icon: IconPlayerTrackNext,
      act: control('one-step'),
      why: paused ? undefined : t('control.oneStepWhy'),
    },
    { id: 'validate', words: t('control.validate'), Icon: IconTargetArrow, act: control('validate') },
    { id: 'stop-keep', words: t('control.stopKeep'), Icon: IconFlag, act: control('stop-keep'), primary: true },
    discard,
  ];
}

function WordControl({ words, Icon, act, why, primary, destroys, bare }: Control & { bare?: boolean }) {
  return (
    <Tooltip label={why} disabled={!why}>
      <Button
        variant={primary ? 'filled' : destroys ? 'subtle' : 'default'}
        {...(destroys ? { color: 'bad' } : {})}
        leftSection={bare ? undefined : <Icon size={16} />}
        onClick={why ? () => {} : act}
        {...(why ? { 'data-disabled': true, 'aria-disabled': true } : {})}
      >
        {words}
      </Button>
    </Tooltip>
  );
}

function IconControl({ words, Icon, act }: Control) {
  return (
    <ActionIcon variant="default" aria-label={words} onClick={act}>
      <Icon size={18} />
    </ActionIcon>
  );
}

function MoreControls({ controls }: { controls: readonly Control[] }) {
  const { t } = useTranslation('train');
  return (
    <Menu position="top-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" aria-label={t('control.more')}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {controls.map(({ id, words, Icon, act, why, destroys }) => (
          <Menu.Item
            key={id}
            leftSection={<Icon size={16} />}
            onClick={act}
            disabled={Boolean(why)}
            {...(destroys ? { c: 'var(--bad)' } : {})}
          >
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** After the end: on to the evaluation where there are weights, else back to the settings. A run that broke has its ways on below. */
function AfterControls({ kept, broke }: { kept: boolean; broke: boolean }) {
  const { t } = useTranslation('train');
  const actions = useActions();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's meaning
    <div className={styles.controls} role="group" aria-label={t('control.group')}>
      <Button variant={kept || broke ? 'default' : 'filled'} onClick={() => actions.show('model')}>
        {t('control.newRun')}
      </Button>
      {kept && (
        <Button
          variant={broke ? 'default' : 'filled'}
          rightSection={<IconArrowRight size={16} />}
          onClick={() => actions.show('evaluate')}
        >
          {t('control.evaluate')}
        </Button>
      )}
    </div>
  );
}

interface DiscardProps {
  number: number;
  bestEpoch: number | undefined;
  opened: boolean;
  close(): void;
}

function Discard({ number, bestEpoch, opened, close }: DiscardProps) {
  const { t } = useTranslation('train');
  const actions = useActions();
  const discard = () => {
    close();
    void actions.control({ kind: 'stop-discard' });
  };
  return (
    <Modal opened={opened} onClose={close} title={t('discard.title', { number })} centered size="sm">
      <p className="muted">
        {bestEpoch === undefined ? t('discard.words') : t('discard.wordsBest', { epoch: bestEpoch })}
      </p>
      <div className="row wrap" style={{ marginTop: 16 }}>
        <Button variant="filled" color="bad" onClick={discard}>
          {t('discard.yes')}
        </Button>
        <Button onClick={close}>{t('discard.no')}</Button>
      </div>
    </Modal>
  );
}
