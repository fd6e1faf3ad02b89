import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload, IconPhoto, IconTable, IconVector } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { downloadBlob } from './download-blob.ts';
import { csvOf, type PlainTable } from './download-csv.ts';
import { pngOf } from './download-png.ts';
import { drawingOf } from './download-svg.ts';

export interface Downloads {
  /** What the card is called. */
  title: string;
  /** Of the files, without an ending: `run-1-confusion`. */
  name: string;
  /** The numbers, made when they are asked for. */
  table?(): PlainTable;
  /** What to draw. */
  places?(): readonly Element[];
}

/** A card's numbers as CSV, and what it draws as SVG and PNG. */
export const DownloadMenu = memo(function DownloadMenu({ title, name, table, places }: Downloads) {
  const { t } = useTranslation('chart');
  const saveSvg = () => {
    const { svg } = drawingOf(places?.() ?? [], title);
    downloadBlob(new Blob([svg], { type: 'image/svg+xml' }), `${name}.svg`);
  };
  const savePng = async () => downloadBlob(await pngOf(drawingOf(places?.() ?? [], title)), `${name}.png`);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" size="sm" aria-label={t('download.label', { title })} data-undrawn>
          <IconDownload size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {table && (
          <Menu.Item
            leftSection={<IconTable size={16} />}
            onClick={() => downloadBlob(new Blob([csvOf(table())], { type: 'text/csv' }), `${name}.csv`)}
          >
            {t('download.csv')}
          </Menu.Item>
        )}
        {places && (
          <>
            <Menu.Item leftSection={<IconVector size={16} />} onClick={saveSvg}>
              {t('download.svg')}
            </Menu.Item>
            <Menu.Item leftSection={<IconPhoto size={16} />} onClick={() => void savePng()}>
              {t('download.png')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
});
