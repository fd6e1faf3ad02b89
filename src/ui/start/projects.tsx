import { ActionIcon, Button } from '@mantine/core';
import { IconArrowRight, IconTrash } from '@tabler/icons-react';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProjectSummary } from '@/protocol/project.ts';
import { BlobImage } from '../controls/blob-image.tsx';
import { kindContext } from '../controls/kind-translation.ts';
import { StatusBadge } from '../controls/status-badge.tsx';
import { useFormat } from '../format.ts';
import { later } from '../later.ts';
import { useActions, useStudio } from '../studio-context.tsx';
import styles from './projects.module.css';
import { TextSign } from './text-sign.tsx';

const DeleteProject = later(async () => (await import('./delete-project.tsx')).DeleteProject);

/** Projects that are shown before somebody asks for the others. */
const AT_FIRST = 3;

/** What this browser keeps: the last project first, to go on with or to delete. */
export function Projects() {
  const { t } = useTranslation('start');
  const { loadProjects, deleteProject } = useActions();
  const projects = useStudio((state) => state.projects);
  const [all, setAll] = useState(false);
  const [leaving, setLeaving] = useState<ProjectSummary>();
  useEffect(() => void loadProjects(), [loadProjects]);
  if (!projects || projects.length === 0) return null;
  const latest = projects.toSorted((a, b) => b.savedAt - a.savedAt);
  return (
    <section aria-labelledby="projects">
      <div className={styles.head}>
        <h2 id="projects">{t('projects.title')}</h2>
        <span className="small muted">{t('projects.note')}</span>
      </div>
      <ul className={styles.projects}>
        {latest.slice(0, all ? latest.length : AT_FIRST).map((project) => (
          <Project key={project.id} project={project} onDelete={() => setLeaving(project)} />
        ))}
      </ul>
      {!all && latest.length > AT_FIRST && (
        <Button size="xs" mt={8} onClick={() => setAll(true)}>
          {t('projects.all', { count: latest.length })}
        </Button>
      )}
      {leaving && (
        <Suspense>
          <DeleteProject
            project={leaving}
            onClose={() => setLeaving(undefined)}
            onDelete={() => {
              void deleteProject(leaving.id);
              setLeaving(undefined);
            }}
          />
        </Suspense>
      )}
    </section>
  );
}

function Project({ project, onDelete }: { project: ProjectSummary; onDelete(): void }) {
  const { t } = useTranslation('start');
  const format = useFormat();
  const { openProject, show } = useActions();
  const open = useStudio((state) => state.dataset?.id);
  const { id, name, kind, thumbnails, openElsewhere } = project;
  // texts to continue are of one class without a name
  const continued = kind === 'text' && project.classes < 2;
  return (
    <li className={styles.project}>
      <div className={styles.pictures} data-kind={kind} aria-hidden="true">
        {kind === 'text' && <TextSign pairs={continued} />}
        {thumbnails.slice(0, 4).map((thumbnail, i) => (
          <BlobImage key={i} blob={thumbnail} alt="" />
        ))}
      </div>
      <div className={styles.words}>
        <b title={name}>{name}</b>
        <span className="small muted">
          {t(continued ? 'projects.holdsTexts' : 'projects.holds', {
            pictures: t('sample.pictures', { count: project.examples, context: kindContext(kind) }),
            classes: t('sample.classes', { count: project.classes }),
            runs: t('projects.runs', { count: project.runs }),
          })}
        </span>
        <span className="tiny faint num">
          {format.ago(project.savedAt)} · {format.bytes(project.bytes)}
        </span>
        {openElsewhere && (
          <span>
            <StatusBadge tone="warn">{t('projects.elsewhere')}</StatusBadge>
          </span>
        )}
        <div className={styles.deeds}>
          <Button
            size="xs"
            rightSection={<IconArrowRight size={14} />}
            aria-label={t('goOn', { name })}
            onClick={() => (open === id ? show('data') : openProject(id))}
          >
            {t('projects.goOn')}
          </Button>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="ink"
            disabled={openElsewhere}
            aria-label={t('projects.delete', { name })}
            onClick={onDelete}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      </div>
    </li>
  );
}
