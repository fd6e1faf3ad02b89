/** Sums over the answers' tokens of one group. */
export interface WrittenGroup {
  name: string;
  examples: number;
  tokens: number;
  /** Mean cross-entropy of a token. */
  loss: number;
  tokenAccuracy: number;
}

interface Answer {
  id: number;
  loss: number;
  correct: number;
  tokens: number;
}

/** Figures of answers by the groups of a column; `of` is the index of an example's group, below 0 for none. Empty groups are left out. */
export function writtenByGroup(
  answers: readonly Answer[],
  names: readonly string[],
  of: (id: number) => number,
): WrittenGroup[] {
  const sums = names.map(() => ({ examples: 0, tokens: 0, loss: 0, correct: 0 }));
  for (const { id, loss, correct, tokens } of answers) {
    const sum = sums[of(id)];
    if (!sum) continue;
    sum.examples++;
    sum.tokens += tokens;
    sum.loss += loss;
    sum.correct += correct;
  }
  return sums.flatMap(({ examples, tokens, loss, correct }, i) =>
    tokens > 0 ? [{ name: names[i]!, examples, tokens, loss: loss / tokens, tokenAccuracy: correct / tokens }] : [],
  );
}
