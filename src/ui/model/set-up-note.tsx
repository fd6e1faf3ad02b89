import { Button } from '@mantine/core';
import { IconAdjustments, IconArrowBackUp } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Change, changesOf } from '@/session/changes.ts';
import { Note } from '../controls/note.tsx';
import { SettingChanges } from '../controls/setting-changes.tsx';
import { useActions, useStudio } from '../studio-context.tsx';

const NONE: readonly Change[] = [];

/** What differs from the run that a finding was about, while the settings stand as it set them up. */
function useSetUpChanges(): readonly Change[] {
  const settings = useStudio((state) => state.settings);
  const run = useStudio(({ setUp, runs }) => (setUp ? runs[setUp.run] : undefined));
  return useMemo(() => (run ? changesOf(run.settings, settings) : NONE), [run, settings]);
}

/** Names of the settings that are marked as changed. */
export function useMarked(): ReadonlySet<string> {
  const changes = useSetUpChanges();
  return useMemo(() => new Set(changes.map(({ name }) => name)), [changes]);
}

/** The settings were set up from a finding: what is other than in that run, and the way back. */
export function SetUpNote() {
  const { t } = useTranslation(['model', 'advice']);
  const setUp = useStudio((state) => state.setUp);
  const number = useStudio(({ setUp: on, runs }) => (on ? runs[on.run]?.number : undefined));
  const changes = useSetUpChanges();
  const { takeBackSetUp } = useActions();
  if (!setUp || number === undefined) return null;
  return (
    <Note
      tone="info"
      icon={<IconAdjustments size={16} />}
      role="status"
      title={t('model:setUp.title', { number, what: t(`advice:${setUp.code}.what`) })}
      actions={
        <>
          <SettingChanges changes={changes} />
          <Button size="xs" variant="subtle" leftSection={<IconArrowBackUp size={14} />} onClick={takeBackSetUp}>
            {t('model:setUp.back')}
          </Button>
        </>
      }
    >
      {t('model:setUp.note')}
    </Note>
  );
}
