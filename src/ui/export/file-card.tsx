import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ExportedFile } from '@/protocol/result.ts';
import { Card } from '../controls/card.tsx';
import type { PlainTable } from '../controls/download-csv.ts';
import { Note } from '../controls/note.tsx';
import { useFormat } from '../format.ts';
import styles from './export.module.css';

/** What each kind of file is for, by its name. */
const KINDS: readonly [RegExp, string][] = [
  [/^pretrained_/, 'pretrained'],
  [/\.safetensors$/, 'safetensors'],
  [/preprocessor.*\.json$/, 'preprocessor'],
  [/(settings|run)\.json$/, 'settings'],
  [/provenance\.json$/, 'provenance'],
  [/labels\.json$/, 'labels'],
  [/^config\.json$/, 'config'],
  [/^inside\.csv$/, 'moved'],
  [/(history|curves|metrics).*\.(csv|json)$/, 'curves'],
  [/^tokenizer.*\.json$/, 'tokenizer'],
  [/preprocess\.py$/, 'preprocess'],
  [/mean_pooled\.py$/, 'meanPooled'],
  [/\.py$/, 'python'],
  [/\.onnx$/, 'onnx'],
  [/licen[cs]e|notice/i, 'licence'],
  [/\.md$/, 'card'],
];

const tableOf = ({ entries }: ExportedFile): PlainTable => ({
  header: ['file', 'bytes'],
  rows: entries.map(({ name, bytes }) => [name, bytes]),
});

/** The zip's content, file by file, and how it comes back. */
export function FileCard({ file }: { file: ExportedFile }) {
  const { t } = useTranslation('export');
  const format = useFormat();
  return (
    <Card
      title={t('inside.title')}
      aside={<span className={`${styles.fileName} code`}>{file.name}</span>}
      downloads={{ name: `${file.name}-files`, table: () => tableOf(file) }}
    >
      <table className={styles.entries}>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{t('inside.name')}</th>
            <th scope="col">{t('inside.what')}</th>
            <th scope="col">{t('inside.size')}</th>
          </tr>
        </thead>
        <tbody>
          {file.entries.map(({ name, bytes }) => {
            const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1];
            return (
              <tr key={name}>
                <th scope="row" className="code">
                  {name}
                </th>
                <td className="muted">{kind && t(`inside.${kind}`)}</td>
                <td className="num">{format.bytes(bytes)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Note icon={<IconArrowBackUp size={16} />} title={t('back.title')}>
        {t('back.words')}
      </Note>
    </Card>
  );
}
