import { CameraDialog } from './camera/camera-dialog.tsx';
import { FilesQuestion } from './files-question.tsx';

/** What the data's dialogs ask, over whatever screen. */
export function DataDialogs() {
  return (
    <>
      <FilesQuestion />
      <CameraDialog />
    </>
  );
}
