/** Examples of the gallery under the mouse; files from outside are another thing. */
const TYPE = 'application/x-tuning-fork-examples';

export const carriesExamples = (transfer: DataTransfer | null): boolean => transfer?.types.includes(TYPE) ?? false;

export function carry(transfer: DataTransfer, ids: readonly number[], sign: string): void {
  transfer.effectAllowed = 'move';
  transfer.setData(TYPE, ids.join(','));
  if (ids.length > 1) transfer.setDragImage(badge(sign), -12, -12);
}

export const carried = (transfer: DataTransfer): number[] =>
  transfer
    .getData(TYPE)
    .split(',')
    .flatMap((id) => (id === '' ? [] : [Number(id)]));

/** How many are on the way. The browser takes its picture at once; after that the element may go. */
function badge(text: string): HTMLElement {
  const element = Object.assign(document.createElement('div'), { textContent: text });
  element.style.cssText =
    'position:fixed;top:-100px;padding:6px 10px;border-radius:8px;font:600 13px var(--mantine-font-family);background:var(--primary);color:var(--on-primary)';
  document.body.append(element);
  setTimeout(() => element.remove());
  return element;
}
