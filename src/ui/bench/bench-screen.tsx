import { Button, Checkbox } from '@mantine/core';
import { IconDeviceFloppy, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { BENCH_MODELS, type BenchModel, type BenchScale } from '@/protocol/bench.ts';
import { SIZES } from '@/protocol/bench-sizes.ts';
import { isOver } from '@/protocol/run.ts';
import { benchFile, benchStore, MODELS_AT_FIRST, type OwnBackend, runBench, stopBench } from '@/session/bench.ts';
import { Card } from '../controls/card.tsx';
import { downloadBlob } from '../controls/download-blob.ts';
import { Note } from '../controls/note.tsx';
import { Page } from '../controls/page.tsx';
import { ProgressLine } from '../controls/progress-line.tsx';
import { Segmented } from '../controls/segmented.tsx';
import { useStudio } from '../studio-context.tsx';
import styles from './bench.module.css';
import { Results } from './results.tsx';
import { useSizes } from './sizes.ts';

/** Our engine against TensorFlow.js as it comes, on this computer; what is measured is seen here and saved by hand. */
export function BenchScreen() {
  const { t } = useTranslation('bench');
  const studio = useStudio((state) => state.backend);
  const busy = useStudio((state) => Object.values(state.runs).some(({ status }) => !isOver(status.phase)));
  const bench = useStore(benchStore);
  const gpu = studio?.name === 'webgpu' && !studio.fallback;
  const [chosen, choose] = useState<{ backend?: OwnBackend; scale?: BenchScale }>({});
  const backend = chosen.backend ?? (gpu ? 'webgpu' : 'wasm');
  const scale = chosen.scale ?? (gpu ? 'full' : 'small');
  const [models, setModels] = useState<readonly BenchModel[]>(MODELS_AT_FIRST);
  const over = bench.rows.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  const save = async () => {
    const name = `bench-${(bench.began ?? '').slice(0, 16).replace(/[:T]/g, '-')}.json`;
    downloadBlob(new Blob([await benchFile(bench)], { type: 'application/json' }), name);
  };
  return (
    <Page
      title={t('title')}
      subtitle={t('subtitle')}
      reason={busy && !bench.running ? t('busy') : undefined}
      actions={
        <>
          {over > 0 && (
            <Button leftSection={<IconDeviceFloppy size={16} />} disabled={bench.running} onClick={save}>
              {t('save')}
            </Button>
          )}
          {bench.running ? (
            <Button leftSection={<IconPlayerStop size={16} />} onClick={stopBench}>
              {t('stop')}
            </Button>
          ) : (
            <Button
              variant="filled"
              leftSection={<IconPlayerPlay size={16} />}
              disabled={busy || models.length === 0}
              onClick={() => void runBench({ backend, scale, models })}
            >
              {t('begin')}
            </Button>
          )}
        </>
      }
    >
      <div className="stack">
        <Card title={t('what')}>
          <div className={styles.choices}>
            <Segmented
              label={t('backend')}
              value={backend}
              onChange={(value) => choose({ ...chosen, backend: value })}
              options={[
                { value: 'webgpu', label: 'WebGPU', disabled: bench.running },
                { value: 'wasm', label: 'WASM', disabled: bench.running },
              ]}
            />
            <Segmented
              label={t('scale')}
              value={scale}
              onChange={(value) => choose({ ...chosen, scale: value })}
              options={[
                { value: 'full', label: t('full'), disabled: bench.running },
                { value: 'small', label: t('small'), disabled: bench.running },
              ]}
            />
          </div>
          <Models scale={scale} chosen={models} disabled={bench.running} onChange={setModels} />
          <p className="small muted">{t('how')}</p>
          {backend === 'webgpu' && studio && !gpu && <Note tone="warn">{t('software')}</Note>}
          {scale === 'full' && backend === 'wasm' && <Note>{t('slow')}</Note>}
        </Card>
        {bench.running && (
          <Card>
            <ProgressLine
              label={t('measuring')}
              progress={{
                done: over,
                total: bench.rows.length,
                unit: 'items',
              }}
            >
              <span role="status">{t('keepOpen')}</span>
            </ProgressLine>
          </Card>
        )}
        {bench.rows.length > 0 && <Results rows={bench.rows} />}
      </div>
    </Page>
  );
}

interface ModelsProps {
  scale: BenchScale;
  chosen: readonly BenchModel[];
  disabled: boolean;
  onChange(models: readonly BenchModel[]): void;
}

function Models({ scale, chosen, disabled, onChange }: ModelsProps) {
  const { t } = useTranslation('bench');
  const sizes = useSizes();
  return (
    <fieldset className={styles.models} disabled={disabled}>
      <legend className="small muted">{t('models')}</legend>
      {BENCH_MODELS.map((model) => (
        <Checkbox
          key={model}
          label={t(`model.${model}`)}
          description={sizes(SIZES[model][scale])}
          checked={chosen.includes(model)}
          onChange={({ currentTarget: { checked } }) =>
            onChange(BENCH_MODELS.filter((each) => (each === model ? checked : chosen.includes(each))))
          }
        />
      ))}
    </fieldset>
  );
}
