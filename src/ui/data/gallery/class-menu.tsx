import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowMerge, IconCamera, IconDots, IconPencil, IconUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fromFileList } from '../../controls/read-drop.ts';
import { useActions } from '../../studio-context.tsx';
import { MergeDialog, NameDialog } from './class-dialogs.tsx';
import type { Gallery } from './use-gallery.ts';

interface ClassMenuProps {
  label: number;
  name: string;
  gallery: Gallery;
  /** Whether Tab stops here. */
  reachable: boolean;
}

/** What can be done with a class. */
export function ClassMenu({ label, name, gallery, reachable }: ClassMenuProps) {
  const { t } = useTranslation('data');
  const { addToClass, openCamera } = useActions();
  const [dialog, setDialog] = useState<'rename' | 'merge'>();
  const input = useRef<HTMLInputElement>(null);
  const { classes, kind } = gallery.dataset;

  return (
    <>
      <Menu position="bottom-end" shadow="md" withinPortal>
        <Menu.Target>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="ink"
            aria-label={t('class.menu', { name })}
            tabIndex={reachable ? 0 : -1}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {kind === 'image' && (
            <>
              <Menu.Item leftSection={<IconCamera size={16} />} onClick={() => openCamera(name)}>
                {t('class.camera')}
              </Menu.Item>
              <Menu.Item leftSection={<IconUpload size={16} />} onClick={() => input.current?.click()}>
                {t('class.files')}
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog('rename')}>
            {t('class.rename')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowMerge size={16} />}
            disabled={classes.length < 2}
            onClick={() => setDialog('merge')}
          >
            {t('class.merge')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept="image/*"
        onChange={({ currentTarget }) => {
          const files = fromFileList(currentTarget.files ?? []);
          currentTarget.value = '';
          if (files.length > 0) void addToClass(files, name);
        }}
      />
      {dialog === 'rename' && (
        <NameDialog
          title={t('class.renameTitle', { name })}
          value={name}
          classes={classes.map((one) => one.name)}
          button={t('class.rename')}
          onClose={() => setDialog(undefined)}
          onDone={(next) =>
            gallery.act({ kind: 'rename-class', label, name: next }, t('said.renamed', { from: name, name: next }))
          }
        />
      )}
      {dialog === 'merge' && (
        <MergeDialog
          name={name}
          others={classes.flatMap((one, other) => (other === label ? [] : [{ name: one.name, label: other }]))}
          onClose={() => setDialog(undefined)}
          onDone={(into) =>
            gallery.act(
              { kind: 'merge-classes', from: [label], into },
              t('said.merged', { from: name, name: classes[into]!.name }),
            )
          }
        />
      )}
    </>
  );
}
