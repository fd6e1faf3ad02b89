import { Button, Combobox, useCombobox } from '@mantine/core';
import { IconChevronDown, IconFolderSymlink } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { NONE } from '@/protocol/dataset.ts';
import { useKindTranslation } from '../../controls/kind-translation.ts';
import type { Gallery } from './use-gallery.ts';

/** Classes that are listed at once; typing finds the others. */
const LISTED = 60;

interface MoveMenuProps {
  gallery: Gallery;
  ids: () => readonly number[];
  /** Rises with every wish to open it from the keyboard. */
  wish: number;
  disabled: boolean;
}

/** Gives examples a class: type to find it, or to make a new one. */
export function MoveMenu({ gallery, ids, wish, disabled }: MoveMenuProps) {
  const { t } = useKindTranslation('data');
  const [text, setText] = useState('');
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setText('');
    },
    onDropdownOpen: () => {
      combobox.focusSearchInput();
      combobox.selectFirstOption();
    },
  });
  useEffect(() => {
    if (wish > 0) combobox.openDropdown();
  }, [wish]);

  // Enter takes the first that fits.
  useEffect(() => {
    if (text !== '') combobox.selectFirstOption();
  }, [text, combobox.selectFirstOption]);

  const { classes } = gallery.dataset;
  const needle = text.trim();
  const found = classes.flatMap(({ name }, label) =>
    name.toLowerCase().includes(needle.toLowerCase()) ? [{ name, label }] : [],
  );
  const isNew = needle !== '' && !classes.some(({ name }) => name === needle);

  async function choose(value: string): Promise<void> {
    const chosen = ids();
    combobox.closeDropdown();
    if (value !== 'new') return gallery.move(chosen, Number(value));
    await gallery.act({ kind: 'add-class', name: needle }, '');
    // Classes that are added come last.
    await gallery.move(chosen, classes.length);
  }

  return (
    <Combobox
      store={combobox}
      onOptionSubmit={choose}
      withinPortal
      keepMounted={false}
      width={260}
      position="bottom-start"
      shadow="md"
    >
      <Combobox.Target withAriaAttributes={false}>
        <Button
          size="xs"
          disabled={disabled}
          leftSection={<IconFolderSymlink size={14} />}
          rightSection={<IconChevronDown size={14} />}
          aria-haspopup="listbox"
          aria-expanded={combobox.dropdownOpened}
          onClick={() => combobox.toggleDropdown()}
        >
          {t('gallery.move')}
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={text}
          aria-label={t('gallery.findOrMake')}
          placeholder={t('gallery.findOrMake')}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
          }}
        />
        <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={t('gallery.move')}>
          {found.slice(0, LISTED).map(({ name, label }) => (
            <Combobox.Option key={label} value={String(label)}>
              {name}
            </Combobox.Option>
          ))}
          {isNew && <Combobox.Option value="new">{t('gallery.make', { name: needle })}</Combobox.Option>}
          {needle === '' && <Combobox.Option value={String(NONE)}>{t('gallery.unlabel')}</Combobox.Option>}
        </Combobox.Options>
        {found.length > LISTED && (
          <Combobox.Footer>
            <span className="tiny faint">{t('gallery.moreClasses', { count: found.length - LISTED })}</span>
          </Combobox.Footer>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}
