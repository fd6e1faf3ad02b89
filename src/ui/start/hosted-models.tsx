import { IconCheck, IconCloudDownload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelMeta } from '@/models/meta.ts';
import { MODEL_METAS, SHIPPED_MODELS } from '@/models/metas.ts';
import type { ShippedModel, TaskId } from '@/protocol/model.ts';
import { TASK_METAS } from '@/tasks/metas.ts';
import { Card } from '../controls/card.tsx';
import { useInputWords } from '../controls/input-words.ts';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import styles from './hosted-models.module.css';

/** Models of a task, in the order in which the page lists them. */
const modelsFor = (task: TaskId): readonly ShippedModel[] =>
  Object.values<ModelMeta>(MODEL_METAS).flatMap((meta) => (meta.task === task ? meta.shipped : []));

const TASKS = (Object.keys(TASK_METAS) as TaskId[]).filter((task) => modelsFor(task).length > 0);

/** The models under `public/models` by what they are for, and whether this browser holds them already. */
export function HostedModels() {
  const { t } = useTranslation('start');
  const kept = useKeptModels();
  return (
    <section aria-labelledby="hosted-models">
      <div className={styles.head}>
        <h2 id="hosted-models">{t('models.title')}</h2>
        <span className="small muted">{t('models.note')}</span>
      </div>
      <Card flush>
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th>{t('models.model')}</th>
                <th>{t('models.input')}</th>
                <th className={styles.right}>{t('models.parameters')}</th>
                <th className={styles.right}>{t('models.download')}</th>
                <th>{t('models.learnedFrom')}</th>
                <th>{t('models.licence')}</th>
                <th>
                  <span className="visually-hidden">{t('models.here')}</span>
                </th>
              </tr>
            </thead>
            {TASKS.map((task) => (
              <tbody key={task}>
                <tr className={styles.task}>
                  <th colSpan={7} scope="rowgroup">
                    {t(`models.task.${task}`)}
                  </th>
                </tr>
                {modelsFor(task).map((model) => (
                  <Row key={model.id} model={model} kept={kept.has(model.id)} />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      </Card>
    </section>
  );
}

function Row({ model, kept }: { model: ShippedModel; kept: boolean }) {
  const { t } = useTranslation('start');
  const format = useFormat();
  const takes = useInputWords();
  return (
    <tr>
      <td>
        <b>{model.id}</b>
      </td>
      <td data-label={t('models.input')}>{takes(model.input)}</td>
      <td data-label={t('models.parameters')} className={styles.right}>
        {format.compact(model.parameters)}
      </td>
      <td data-label={t('models.download')} className={styles.right}>
        {model.bytes > 0 ? format.bytes(model.bytes) : '–'}
      </td>
      <td data-label={t('models.learnedFrom')} className="muted">
        {t(`shipped.${model.id}.learnedFrom`, { defaultValue: '–' })}
      </td>
      <td data-label={t('models.licence')} className="muted">
        {model.licence}
      </td>
      <td className={styles.right}>
        {kept ? (
          <StatusBadge tone="good" icon={<IconCheck size={13} stroke={2.2} />}>
            {t('models.kept')}
          </StatusBadge>
        ) : (
          <StatusBadge icon={<IconCloudDownload size={13} stroke={2.2} />}>{t('models.loads')}</StatusBadge>
        )}
      </td>
    </tr>
  );
}

/** Ids of the models whose weights lie in the browser's cache. */
function useKeptModels(): ReadonlySet<string> {
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    let alive = true;
    keptModels().then(
      (found) => alive && setKept(found),
      () => {},
    );
    return () => {
      alive = false;
    };
  }, []);
  return kept;
}

async function keptModels(): Promise<ReadonlySet<string>> {
  if (!('caches' in globalThis) || !(await caches.has('tuning-fork-models'))) return new Set();
  const cache = await caches.open('tuning-fork-models');
  const paths = (await cache.keys()).map((request) => new URL(request.url).pathname);
  const ids = SHIPPED_MODELS.map(({ id }) => id);
  return new Set(ids.filter((id) => paths.some((path) => path.includes(`/${id}/model.safetensors`))));
}
