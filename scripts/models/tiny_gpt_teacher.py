"""What a trigram model says of every token that may come next: the teacher of the first part of tiny-gpt's training.

A text shows one token where many could have stood; the trigram shows them all, so that a step on few tokens tells more
(Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network). It knows the training texts only.
"""

import numpy as np
import torch


class Teacher:
    def __init__(self, trigram, vocabulary):
        """Of a `Trigram` over ids below `vocabulary`, 0 being what separates texts, which it takes for their beginning."""
        unigrams, bigrams, self.order = trigram.orders
        words, start = np.arange(vocabulary), trigram.vocabulary - 1
        one = unigrams.probabilities(np.zeros_like(words), words, np.full(vocabulary, 1 / vocabulary))
        befores = np.repeat(np.where(words == 0, start, words), vocabulary)
        two = bigrams.probabilities(befores, np.tile(words, vocabulary), np.tile(one, vocabulary))
        self.after = torch.from_numpy(two.astype(np.float32).reshape(vocabulary, vocabulary))  # [V, V]
        self.starts = np.searchsorted(self.order.keys // trigram.vocabulary, self.order.contexts)
        self.sizes = np.diff(np.append(self.starts, len(self.order.keys)))
        self.words = self.order.keys % trigram.vocabulary
        taken = self.order.discounts[np.minimum(self.order.counts, 3)]
        totals = np.repeat(self.order.totals, self.sizes)
        self.own = (np.maximum(self.order.counts - taken, 0) / totals).astype(np.float32)

    def probabilities(self, first, second):
        """P(. | first second), [N, V]. `first` 0, a text's beginning or a token that is not in sight, falls back on `second`."""
        contexts = first * self.order.vocabulary + second
        at = np.minimum(np.searchsorted(self.order.contexts, contexts), len(self.order.contexts) - 1)
        known = (self.order.contexts[at] == contexts) & (first > 0) & (second > 0)
        left = np.where(known, self.order.left[at], 1).astype(np.float32)
        rows = self.after[torch.from_numpy(second)] * torch.from_numpy(left)[:, None]
        counts = np.where(known, self.sizes[at], 0)
        row = np.repeat(np.arange(len(first)), counts)
        seen = np.arange(counts.sum()) + np.repeat(self.starts[at] - np.cumsum(counts) + counts, counts)
        flat = torch.from_numpy(row * rows.shape[1] + self.words[seen])
        rows.view(-1).index_add_(0, flat, torch.from_numpy(self.own[seen]))
        return rows
