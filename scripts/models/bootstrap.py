"""How sure a difference between two models is that read the same texts: the paired bootstrap."""

import numpy as np

SEED = 13
RESAMPLES = 10_000


def paired_difference(first, second, sizes):
    """`sum(first) - sum(second)` per unit of size, and the middle 95 % of what other draws of the parts would give.

    The three arrays are over the same parts of the texts: what each model needs for a part, and how large it is. Parts are
    drawn with replacement, both models' together (Koehn 2004, section 3; percentiles as in Efron 1979).
    """
    first, second, sizes = (np.asarray(column, dtype=float) for column in (first, second, sizes))
    drawn = np.random.default_rng(SEED).integers(len(sizes), size=(RESAMPLES, len(sizes)))
    differences = (first - second)[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(differences, [2.5, 97.5])
    return {
        'difference': float((first - second).sum() / sizes.sum()),
        'low': float(low),
        'high': float(high),
        'parts': len(sizes),
    }
