import type { Encoding } from '../../protocol/text.ts';
import { decoderOf, withLineFeeds } from '../tables/decode.ts';
import { guessEncoding } from '../tables/encoding.ts';

/** Text of a small file in the encoding that its bytes suggest, each line end as `\n`. This never fails. */
export function decodeText(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const encoding = guessEncoding(bytes);
  return { text: withLineFeeds(decoderOf(encoding).decode(bytes)), encoding };
}
