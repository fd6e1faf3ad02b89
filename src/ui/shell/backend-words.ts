import { useTranslation } from 'react-i18next';
import { useStudio } from '../studio-context.tsx';

/** The backend in a word and a note: "WebGPU", the adapter; "No GPU", "running on WASM". */
export function useBackendWords(): { name: string; detail: string; gpu: 'yes' | 'no' | 'unknown' } {
  const { t } = useTranslation('shell');
  const backend = useStudio((state) => state.backend);
  if (!backend) return { name: t('backend.looking'), detail: '', gpu: 'unknown' };
  if (backend.name === 'webgpu')
    return {
      name: 'WebGPU',
      detail: backend.fallback ? t('backend.software') : backend.adapter,
      gpu: backend.fallback ? 'no' : 'yes',
    };
  const engine = backend.name.toUpperCase();
  if (backend.choice === 'wasm') return { name: engine, detail: t('backend.chosen'), gpu: 'no' };
  return { name: t('backend.none'), detail: t('backend.runningOn', { engine }), gpu: 'no' };
}
