import { describe, expect, it } from 'vitest';
import { WrittenText } from './written-text.ts';

/** Tokens are bytes: every character beyond ASCII comes in parts. */
const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
const decode = (ids: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(ids));

/** What is shown after each token. */
function shown(ids: readonly number[], o?: ConstructorParameters<typeof WrittenText>[1]): string[] {
  const written = new WrittenText(decode, o);
  return ids.map((id) => {
    written.push(id);
    return written.text();
  });
}

describe('a text that comes in tokens', () => {
  it.each(['plain', 'déjà vu', '人工智能', 'Қазақша', '😀👍🏽 ok'])('shows whole characters alone: %s', (text) => {
    const steps = shown(bytes(text));
    expect(steps.at(-1)).toBe(text);
    expect(steps.join()).not.toContain('\uFFFD');
    steps.forEach((step) => {
      expect(text.startsWith(step)).toBe(true);
    });
  });

  it('leaves out a character that never becomes whole', () => {
    expect(shown(bytes('ok 😀').slice(0, -1)).at(-1)).toBe('ok ');
  });

  it('keeps what is broken for good once more comes', () => {
    expect(shown([...bytes('a'), 0xff, ...bytes('b')]).at(-1)).toBe('a\uFFFDb');
  });

  it('begins after the lead', () => {
    expect(shown(bytes(' A room.'), { lead: ' ' }).at(-1)).toBe('A room.');
    expect(shown(bytes('A room.'), { lead: ' ' }).at(-1)).toBe('A room.');
  });

  it('stops before the text to stop at, of which nothing is ever shown', () => {
    const written = new WrittenText(decode, { stops: ['', '\nQ:', 'END'] });
    const steps: string[] = [];
    for (const id of bytes('A\nB.\nQ: what')) {
      if (written.stopped) break;
      written.push(id);
      steps.push(written.text());
    }
    expect(written.stopped).toBe(true);
    expect(written.text()).toBe('A\nB.');
    expect(steps).toEqual(['A', 'A', 'A\nB', 'A\nB.', 'A\nB.', 'A\nB.', 'A\nB.']);
  });

  it('shows what looked like it, when it is over', () => {
    const written = new WrittenText(decode, { stops: ['END'] });
    for (const id of bytes('THE EN')) written.push(id);
    expect(written.text()).toBe('THE ');
    expect(written.text(true)).toBe('THE EN');
  });
});
