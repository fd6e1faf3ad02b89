import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { localesOf } from './format.ts';

/** Each language in its own words. A language is there when its folder under `locales/` is. */
export const LANGUAGES = { en: 'English', fr: 'Français', zh: '简体中文', kk: 'Қазақша' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'tuning-fork-language';
/** The words of the first screen and of what is around every screen: all that the first paint waits for. */
const FIRST = ['shell', 'start'];

type Words = Record<string, unknown>;
const bundled = import.meta.glob<Words>(['./locales/en/shell.json', './locales/en/start.json'], {
  eager: true,
  import: 'default',
});
const files = import.meta.glob<Words>(['./locales/*/*.json', '!./locales/en/shell.json', '!./locales/en/start.json'], {
  import: 'default',
});

const languageOf = (path: string): string => path.split('/').at(-2) ?? '';
const namespaceOf = (path: string): string => path.split('/').at(-1)?.replace('.json', '') ?? '';

export const availableLanguages = (Object.keys(LANGUAGES) as Language[]).filter((language) =>
  Object.keys(files).some((path) => languageOf(path) === language),
);

/** The kept choice, else the first of the browser's languages that there is. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT) ?? '', ...navigator.languages].map((tag) => tag.split('-')[0]);
  return wanted.map((tag) => availableLanguages.find((language) => language === tag)).find(Boolean) ?? 'en';
}

/** Starts with the words of the first screen; `loadWords` brings the others. */
export async function startI18n(language: Language = 'en'): Promise<void> {
  i18next.on('languageChanged', (changed) => {
    document.documentElement.lang = changed;
  });
  const english = Object.fromEntries(Object.entries(bundled).map(([path, words]) => [namespaceOf(path), words]));
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: english as Record<string, Record<string, string>> },
    defaultNS: 'shell',
    interpolation: { escapeValue: false },
    returnNull: false,
    // A key without words is a fault of ours, unless something stands in for them: the walks fail on what a page logs as
    // an error.
    saveMissing: true,
    missingKeyHandler: (_languages, namespace, key, _fallback, _update, options: { defaultValue?: unknown }) => {
      if (options.defaultValue === undefined) console.error(`No words for ${namespace}:${key}`);
    },
  });
  // `{{count, number}}` in a sentence reads like every other number of the page.
  i18next.services.formatter?.add('number', (value, language) =>
    new Intl.NumberFormat(localesOf(language ?? 'en')).format(value),
  );
  if (language === 'en') return;
  await load(language, (namespace) => FIRST.includes(namespace));
  await i18next.changeLanguage(language);
}

/** All words of the page's language: whatever is not on the first screen waits for them. */
export const loadWords = (language = i18next.language): Promise<void> => load(language, () => true);

/** Loads all words of the language, once, then changes to it and keeps the choice. */
export async function setLanguage(language: Language, keep = true): Promise<void> {
  await loadWords(language);
  if (keep) localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
}

async function load(language: string, wanted: (namespace: string) => boolean): Promise<void> {
  const missing = Object.entries(files).filter(
    ([path]) =>
      languageOf(path) === language &&
      wanted(namespaceOf(path)) &&
      !i18next.hasResourceBundle(language, namespaceOf(path)),
  );
  await Promise.all(
    missing.map(async ([path, read]) => i18next.addResourceBundle(language, namespaceOf(path), await read())),
  );
}
