/** How often it is looked for, a screen that has to load first. */
const LOOKS = 40;
const LOOK_MS = 50;

/** Brings what has this id into view and focuses it, as soon as it is there. */
export function focusOn(id: string, left = LOOKS): void {
  const found = document.getElementById(id);
  if (found) {
    found.scrollIntoView({ block: 'center' });
    found.focus({ preventScroll: true });
    return;
  }
  if (left > 0) setTimeout(() => focusOn(id, left - 1), LOOK_MS);
}
