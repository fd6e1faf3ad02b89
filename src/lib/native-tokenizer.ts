import { BertNormalizer, ByteLevelPreTokenizer, Tokenizer } from '@huggingface/tokenizers';

/** Han characters, which BERT takes as words: CJK unified ideographs, extensions A to E and compatibility ideographs. */
const IDEOGRAPHS =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;
/** Control, format, private and replacement characters; tab and line ends are blanks. */
const INVISIBLE = /(?![\t\n\r])[\0\uFFFD\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * BERT's clean-up as the native tokenizers do it. The package's takes Han characters beyond the first plane for two,
 * and JavaScript's lower case of Σ depends on what follows; besides, it looks at each character with four expressions.
 */
class NativeBertNormalizer extends BertNormalizer {
  override normalize(text: string): string {
    const { clean_text: clean, handle_chinese_chars: separate, lowercase, strip_accents: strip } = this.config;
    if (PLAIN.test(text)) return lowercase ? text.toLowerCase() : text;
    let out = text;
    if (clean) out = out.replace(INVISIBLE, '').replace(/\s/g, ' ');
    if (separate) out = out.replace(IDEOGRAPHS, ' $& ');
    if (strip ?? lowercase) out = this.strip_accents(out);
    return lowercase ? out.replaceAll('Σ', 'σ').toLowerCase() : out;
  }
}

/** JavaScript's \s holds U+FEFF and lacks U+0085; the native expressions mean Unicode's White_Space. */
const withUnicodeBlanks = ({ source, flags }: RegExp): RegExp =>
  new RegExp(source.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}'), flags);

/** Words whose pieces are kept: what an English text of a million words holds, and a few megabytes. */
const REMEMBERED = 50_000;

/** Looks a word's pieces up where it came before: most words of a text did. */
function remember(model: NonNullable<Tokenizer['model']>): void {
  const encode = model.encode.bind(model);
  const known = new Map<string, readonly string[]>();
  model.encode = (words) => {
    const out: string[] = [];
    for (const word of words) {
      let pieces = known.get(word);
      if (!pieces) {
        pieces = encode([word]);
        if (known.size >= REMEMBERED) known.clear();
        known.set(word, pieces);
      }
      for (const piece of pieces) out.push(piece);
    }
    return out;
  };
}

/**
 * The package's tokenizer with what it does otherwise than the native `tokenizers` put right, and with a memory for
 * words. Every character up to Unicode 8 then gives the native ids; BERT's newer ones differ in some rare marks, which
 * the native tables do not know. Throws whatever the package throws about a file that it cannot use.
 */
export function nativeTokenizer(tokenizerJson: object, tokenizerConfig: object): Tokenizer {
  const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);
  if (tokenizer.normalizer instanceof BertNormalizer)
    tokenizer.normalizer = new NativeBertNormalizer(tokenizer.normalizer.config);
  if (tokenizer.pre_tokenizer instanceof ByteLevelPreTokenizer)
    tokenizer.pre_tokenizer.pattern = withUnicodeBlanks(tokenizer.pre_tokenizer.pattern);
  if (tokenizer.model) remember(tokenizer.model);
  return tokenizer;
}
