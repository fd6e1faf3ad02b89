"""An interpolated modified Kneser-Ney trigram model: what a language model has to beat.

Chen and Goodman 1999, An Empirical Study of Smoothing Techniques for Language Modeling, equations 23 to 27; all counts
are sorted arrays, so that some millions of tokens take seconds.
"""

import numpy as np


def discounts(counts):
    """D1, D2 and D3+ of eq. 26, estimated from how many n-grams occur once, twice, three and four times."""
    n = [max(1, int((counts == k).sum())) for k in (1, 2, 3, 4)]
    y = n[0] / (n[0] + 2 * n[1])
    return np.array([0, 1 - 2 * y * n[1] / n[0], 2 - 3 * y * n[2] / n[1], 3 - 4 * y * n[3] / n[2]])


class Order:
    """The part of one order: keys are `context * vocabulary + word`, sorted, with their (continuation) counts."""

    def __init__(self, keys, counts, vocabulary):
        self.keys, self.counts, self.vocabulary = keys, counts, vocabulary
        self.discounts = discounts(counts)
        self.contexts, starts = np.unique(keys // vocabulary, return_index=True)
        taken = self.discounts[np.minimum(counts, 3)]
        self.totals = np.add.reduceat(counts, starts).astype(float)
        self.left = np.add.reduceat(taken, starts) / self.totals  # gamma of eq. 25

    def probabilities(self, contexts, words, lower):
        """P(word | context), interpolated with `lower`, P of the next lower order (eq. 23); `lower` where unseen."""
        keys = contexts * self.vocabulary + words
        counts, found = look_up(self.keys, self.counts, keys)
        counts = np.where(found, counts, 0)
        at = np.minimum(np.searchsorted(self.contexts, contexts), len(self.contexts) - 1)
        known = self.contexts[at] == contexts
        own = np.maximum(counts - self.discounts[np.minimum(counts, 3)], 0) / self.totals[at]
        return np.where(known, own + self.left[at] * lower, lower)


def look_up(keys, values, wanted):
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return values[at], keys[at] == wanted


class Trigram:
    """Trained on sequences of token ids below `vocabulary - 1`; the last id marks what is before a sequence."""

    def __init__(self, sequences, vocabulary):
        self.vocabulary = vocabulary + 1
        first, second, word = self.grams(sequences)
        trigrams, counts = np.unique((first * self.vocabulary + second) * self.vocabulary + word, return_counts=True)
        bigrams, before = np.unique(trigrams % self.vocabulary**2, return_counts=True)  # N1+(. v w)
        words, contexts = np.unique(bigrams % self.vocabulary, return_counts=True)  # N1+(. w)
        self.orders = [Order(k, c, self.vocabulary) for k, c in ((words, contexts), (bigrams, before), (trigrams, counts))]

    def grams(self, sequences):
        """The two ids before and the id, of every position of every sequence: three int64 arrays."""
        padded = [np.concatenate([[self.vocabulary - 1] * 2, s]).astype(np.int64) for s in sequences]
        return [np.concatenate([p[k : len(p) - 2 + k] for p in padded]) for k in range(3)]

    def each(self, sequences):
        """-log2 P of each id, all sequences in one array."""
        first, second, word = self.grams(sequences)
        p = np.full(len(word), 1 / (self.vocabulary - 1))
        for order, context in zip(self.orders, (np.zeros_like(word), second, first * self.vocabulary + second)):
            p = order.probabilities(context, word, p)
        return -np.log2(p)

    def bits(self, sequences):
        """-log2 P of all sequences together."""
        return float(self.each(sequences).sum())
