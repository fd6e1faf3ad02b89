import { Button } from '@mantine/core';
import { IconCamera, IconFile, IconFolder, IconPhoto, IconShieldLock, IconTable } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ACCEPTED } from '../controls/accepted.ts';
import { FileButton } from '../controls/file-button.tsx';
import { useActions } from '../studio-context.tsx';
import styles from './drop-zone.module.css';

/** The way in: a place to drop, and pickers for those who do not drag. The drop itself is the page's. */
export function DropZone() {
  const { t } = useTranslation('start');
  const { openFiles, openCamera } = useActions();
  const [over, setOver] = useState(false);
  return (
    <section
      className={styles.zone}
      data-over={over || undefined}
      aria-label={t('drop.title')}
      onDragEnter={() => setOver(true)}
      onDragLeave={() => setOver(false)}
      onDrop={() => setOver(false)}
    >
      <div className={styles.words}>
        <h2>{t('drop.title')}</h2>
        <p className="muted">{t('drop.note')}</p>
        <div className="row wrap">
          <FileButton folder variant="filled" leftSection={<IconFolder size={16} />} onPick={openFiles}>
            {t('drop.folder')}
          </FileButton>
          <FileButton accept={ACCEPTED} leftSection={<IconFile size={16} />} onPick={openFiles}>
            {t('drop.files')}
          </FileButton>
          <Button leftSection={<IconCamera size={16} />} onClick={() => openCamera()}>
            {t('drop.camera')}
          </Button>
        </div>
        <p className="row small muted">
          <IconShieldLock size={16} aria-hidden="true" />
          {t('drop.stays')}
        </p>
      </div>
      <div className={styles.layouts}>
        <Folders />
        <Table />
      </div>
    </section>
  );
}

/** The folder that is wanted for pictures, drawn. */
function Folders() {
  const { t } = useTranslation('start');
  return (
    <figure className={styles.layout}>
      <figcaption className="visually-hidden">{t('drop.layout')}</figcaption>
      <ul aria-hidden="true">
        <li>
          <IconFolder size={16} />
          {t('drop.example.folder')}
        </li>
        {(['first', 'second', 'third'] as const).map((name) => (
          <li key={name} className={styles.child}>
            <IconFolder size={16} />
            <b>{t(`drop.example.${name}`)}</b>
            <span className={styles.pictures}>
              <IconPhoto size={16} />
              <IconPhoto size={16} />
              <IconPhoto size={16} />
              <i>…</i>
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** The table that is wanted for texts, drawn. */
function Table() {
  const { t } = useTranslation('start');
  const rows = [
    ['first', 'good'],
    ['second', 'bad'],
    ['third', 'good'],
  ] as const;
  return (
    <figure className={styles.layout}>
      <figcaption className="visually-hidden">{t('drop.tableLayout')}</figcaption>
      <div className={styles.table} aria-hidden="true">
        <span className={styles.file}>
          <IconTable size={16} />
          {t('drop.table.file')}
        </span>
        <b>{t('drop.table.text')}</b>
        <b>{t('drop.table.label')}</b>
        {rows.map(([text, label]) => (
          <Fragment key={text}>
            <span>{t(`drop.table.${text}`)}</span>
            <span className={styles.label}>{t(`drop.table.${label}`)}</span>
          </Fragment>
        ))}
      </div>
    </figure>
  );
}
