import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { localesOf } from './format.ts';

/** Each language in its own words. A language is there when its folder under `locales/` is. */
export const LANGUAGES = { en: 'English', fr: 'Français', zh: '简体中文', kk: 'Қазақша' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'tuning-fork-language';
type Resources = Record<string, unknown>;
const english = import.meta.glob<Resources>('./locales/en/*.json', { eager: true, import: 'default' });
const others = import.meta.glob<Resources>(['./locales/*/*.json', '!./locales/en/*.json'], { import: 'default' });

const languageOf = (path: string): string => path.split('/').at(-2) ?? '';
const namespaceOf = (path: string): string => path.split('/').at(-1)?.replace('.json', '') ?? '';

export const availableLanguages = (Object.keys(LANGUAGES) as Language[]).filter(
  (language) => language === 'en' || Object.keys(others).some((path) => languageOf(path) === language),
);

/** The kept choice, else the first of the browser's languages that there is. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT) ?? '', ...navigator.languages].map((tag) => tag.split('-')[0]);
  return wanted.map((tag) => availableLanguages.find((language) => language === tag)).find(Boolean) ?? 'en';
}

/** Starts in English, which is bundled. `setLanguage` brings another. */
export async function startI18n(): Promise<typeof i18next> {
  const resources = Object.fromEntries(Object.entries(english).map(([path, words]) => [namespaceOf(path), words]));
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: resources as Record<string, Record<string, string>> },
    defaultNS: 'shell',
    interpolation: { escapeValue: false },
    returnNull: false,
    // A key without words is a fault of ours: the walks fail on what a page logs as an error.
    saveMissing: true,
    missingKeyHandler: (_, namespace, key) => console.error(`No words for ${namespace}:${key}`),
  });
  // `{{count, number}}` in a sentence reads like every other number of the page.
  i18next.services.formatter?.add('number', (value, language) =>
    new Intl.NumberFormat(localesOf(language ?? 'en')).format(value),
  );
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  return i18next;
}

/** Loads the language's files, once, then changes to it and keeps the choice. */
export async function setLanguage(language: Language, keep = true): Promise<void> {
  const files = Object.entries(others).filter(([path]) => languageOf(path) === language);
  await Promise.all(
    files.map(async ([path, load]) => {
      if (i18next.hasResourceBundle(language, namespaceOf(path))) return;
      i18next.addResourceBundle(language, namespaceOf(path), await load());
    }),
  );
  if (keep) localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
}
