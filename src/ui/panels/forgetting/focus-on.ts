/** How often it is looked for, a screen that has to load first. */
const LOOKS = 40;
const LOOK_MS = 50;

/** Brings the button that has this id into view and focuses it, as soon as it is there; what it hides, it shows. */
export function focusOn(id: string, left = LOOKS): void {
  const found = document.getElementById(id);
  if (found) {
    found.scrollIntoView({ block: 'center' });
    found.focus({ preventScroll: true });
    if (found.getAttribute('aria-expanded') === 'false') found.click();
    return;
  }
  if (left > 0) setTimeout(() => focusOn(id, left - 1), LOOK_MS);
}
