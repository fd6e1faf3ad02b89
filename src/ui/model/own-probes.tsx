import { Button } from '@mantine/core';
import { IconFile, IconFolder, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shippedModel } from '@/models/metas.ts';
import type { DroppedFile } from '@/protocol/dataset.ts';
import { ownProbeKind } from '@/protocol/own-probes.ts';
import { ACCEPTED } from '../controls/accepted.ts';
import { FileButton } from '../controls/file-button.tsx';
import { ProblemNote } from '../controls/problem-note.tsx';
import { useActions, useStudio } from '../studio-context.tsx';

/** Data of a person's own that the old task is scored by, in place of the probes that come with the model. */
export function OwnProbes() {
  const { t } = useTranslation('cures');
  const { openProbes, dropProbes } = useActions();
  const dataset = useStudio((state) => state.dataset?.id);
  const given = useStudio((state) => state.probes);
  const model = useStudio((state) => state.model);
  const problem = useStudio((state) => state.problems.probes);
  const [reading, setReading] = useState(false);
  const probes = given?.of === dataset ? given : undefined;
  const kind = probes && model && ownProbeKind(probes, shippedModel(model.ref.id), model);
  const take = async (files: readonly DroppedFile[]) => {
    setReading(true);
    await openProbes(files);
    setReading(false);
  };
  return (
    <div className="stack" style={{ gap: 6 }}>
      <b className="small">{t('own.title')}</b>
      {probes && <p className="small">{t('own.given', { name: probes.name, count: probes.count })}</p>}
      {probes && model && <p className="tiny faint">{t(`own.${kind ?? 'unfit'}`)}</p>}
      {problem && <ProblemNote problem={problem} />}
      <p className="tiny faint">{t('own.note')}</p>
      <div className="row wrap">
        <FileButton
          size="xs"
          folder
          disabled={reading || !dataset}
          leftSection={<IconFolder size={14} />}
          onPick={(files) => void take(files)}
        >
          {t('own.folder')}
        </FileButton>
        <FileButton
          size="xs"
          accept={ACCEPTED}
          loading={reading}
          disabled={!dataset}
          leftSection={<IconFile size={14} />}
          onPick={(files) => void take(files)}
        >
          {t('own.files')}
        </FileButton>
        {probes && (
          <Button size="xs" variant="subtle" leftSection={<IconX size={14} />} onClick={() => void dropProbes()}>
            {t('own.remove')}
          </Button>
        )}
      </div>
    </div>
  );
}
