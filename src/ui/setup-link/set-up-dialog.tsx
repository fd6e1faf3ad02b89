import { Button, Modal } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Problem, ProblemError } from '@/protocol/problems.ts';
import { isOver } from '@/protocol/run.ts';
import { changesOf } from '@/session/changes.ts';
import { initialSettings, methodDefaults } from '@/session/defaults.ts';
import { readLink, type SetUp } from '@/session/setup-link.ts';
import { ProblemNote } from '../controls/problem-note.tsx';
import { SettingChanges } from '../controls/setting-changes.tsx';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './set-up-dialog.module.css';

type Read = { setUp: SetUp } | { problem: Problem };

function read(link: string): Read {
  try {
    return { setUp: readLink(link) };
  } catch (error) {
    if (error instanceof ProblemError) return { problem: error.problem };
    throw error;
  }
}

/** What a link would set up, and a question; one that is not right is refused, and nothing changes. */
export function SetUpDialog({ link, onClose }: { link: string; onClose(): void }) {
  const { t } = useTranslation(['present', 'start']);
  const asked = useMemo(() => read(link), [link]);
  const { takeSetUp, show } = useActions();
  const busy = useStudio(({ runs }) => Object.values(runs).some(({ status }) => !isOver(status.phase)));
  const take = (setUp: SetUp) => {
    onClose();
    show('model');
    void takeSetUp(setUp);
  };
  const refused = 'problem' in asked;
  return (
    // its title stands in its body: a second header would be a second banner of the page
    <Modal.Root opened onClose={onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <div className="stack">
            <Modal.Title className={styles.title ?? ''}>
              {t(refused ? 'present:link.refused' : 'present:link.title')}
            </Modal.Title>
            {refused ? <ProblemNote problem={asked.problem} /> : <What setUp={asked.setUp} />}
            {!refused && <p className="small muted">{t(busy ? 'present:link.busy' : 'present:link.safe')}</p>}
            <div className={styles.actions}>
              {!refused && (
                <Button variant="filled" disabled={busy} onClick={() => take(asked.setUp)}>
                  {t('present:link.take')}
                </Button>
              )}
              <Button onClick={onClose}>{t(refused ? 'present:link.close' : 'present:link.leave')}</Button>
            </div>
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function What({ setUp: { sample, settings } }: { setUp: SetUp }) {
  const { t } = useTranslation(['present', 'start']);
  const usual = { ...initialSettings(), model: settings.model, method: methodDefaults(settings.method.id as 'head') };
  const changes = changesOf({ ...usual, task: settings.task }, settings);
  return (
    <>
      <p>
        {t('present:link.what', {
          sample: t(`start:sample.${sample}.name`),
          model: settings.model.id,
          method: t(`model:method.${settings.method.id}.name`),
        })}
      </p>
      {changes.length > 0 && <SettingChanges changes={changes} />}
    </>
  );
}
