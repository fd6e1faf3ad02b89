import { Button, type ButtonProps } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import type { DroppedFile } from '@/protocol/dataset.ts';
import { fromFileList } from './read-drop.ts';

interface FileButtonProps extends ButtonProps {
  /** Picks a folder with all that is in it. */
  folder?: boolean;
  /** As in `<input accept>`. */
  accept?: string;
  multiple?: boolean;
  onPick(files: DroppedFile[]): void;
  children: ReactNode;
}

/** A button that opens the browser's file picker. */
export function FileButton({ folder = false, accept, multiple = true, onPick, children, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        accept={accept}
        {...(folder ? { webkitdirectory: '' } : {})}
        onChange={({ currentTarget }) => {
          const files = fromFileList(currentTarget.files ?? []);
          currentTarget.value = '';
          if (files.length > 0) onPick(files);
        }}
      />
    </>
  );
}
