/**
 * What a person reads of a mail: subject and body as plain text, with what tells which list it went over taken away. A
 * model would else learn the lists' footers: nearly all mails that are not spam came over lists.
 */

/** Lines with which mailing lists and free mail services end what they pass on, and everything after them. */
const FOOTERS = [
  /^[_=-]{20,}\s*$[\s\S]{0,400}?(mailing list|mailman|listinfo|unsubscribe|yahoo|sf\.net|subscri)/im,
  /^-{3,} ?~-?-?> *$/m,
  /^(this sf\.net email is sponsored by|to unsubscribe from this group, send an email to)/im,
  /^-- ?\n[\s\S]{0,300}?(mailing list|listinfo|mailto:\S*(un)?subscribe|archive)/im,
  /^(irish linux users' group|spamassassin-\w+|razor-users|exmh-\w+|rpm-list|fork|ilug|social) mailing list\b/im,
  /^_{10,}$/m,
];
const SIGNATURE = /^-- ?$/m;

/** Who is quoted and when, and what other mail programs put above a mail that is passed on. */
const ATTRIBUTION = [
  /^.{0,120}\b(wrote|writes|said):\s*$/gim,
  /^On .{5,100},?\s*$(?=\n.{0,100}(wrote|writes):)/gim,
  /^[\s>|*"]*(from|to|cc|sent|date|subject|message-id|reply-to|organization):.*$/gim,
  /^[\s>-]*(original message|forwarded (message|by)|begin forwarded).*$/gim,
  /^(x|list|content|errors|return|delivered|mime)-[\w-]+:.*$|^(sender|precedence|received):.*$/gim,
];

/** Advertisements that do not belong into a classroom. */
export const isCrude = (text) =>
  /sex|porn|xxx|penis|erect|viagra|nude|naked|horny|orgas|erotic|lolita|breast|slut|fuck|shit|nigg/i.test(text);

export function plain(subject, body) {
  let text = body.replace(/\r\n?/g, '\n');
  for (const footer of [...FOOTERS, SIGNATURE]) {
    const at = text.search(footer);
    if (at >= 0) text = text.slice(0, at);
  }
  for (const lines of ATTRIBUTION) text = text.replace(lines, '');
  return tidy(short(`${bare(subject)}\n${text}`));
}

/** Without the name of the list: `[ILUG] Re: pictures` is `Re: pictures`. */
const bare = (subject) => subject.replace(/\[[^\]]{1,30}\]\s*/g, '').replace(/^((re|fwd?):\s*)+/i, '');

/** Links as the sites that they lead to, rows of one sign as that sign: what else is in them no one reads. */
const short = (text) =>
  text
    .replace(/\b(?:https?|ftp):\/\/(?:www\.)?([^\s/:?#<>"')\]]+)[^\s<>"')\]]*/gi, '$1')
    .replace(/([^\p{L}\p{N}\s])\1{2,}/gu, '$1')
    .replace(/(?:([^\p{L}\p{N}\s]) ){3,}/gu, '$1 ')
    .replace(/^[^\p{L}\p{N}\n]+$/gmu, '');

/** Single blanks and line breaks, no quoting signs; addresses of people are masked. */
const tidy = (text) =>
  text
    .replace(/[\w.+'-]+@[\w-]+(\.[\w-]+)+/g, '[address]')
    .replace(/^[>|:\s]+/gm, '')
    .replace(/\p{Cf}|\p{Cc}(?<!\n)/gu, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ *\n[\n ]*/g, '\n')
    .trim();

/** The beginning, at most so many characters, that ends with a word. */
export const beginning = (text, most) =>
  text.length <= most
    ? text
    : text
        .slice(0, most + 1)
        .replace(/\s+\S*$/, '')
        .slice(0, most);
