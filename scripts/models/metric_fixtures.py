"""Writes src/lib/fixtures/metrics.json: scikit-learn's figures for made-up answers.

    python scripts/models/metric_fixtures.py

scikit-learn leaves out, or scores 0, what has no examples; the engine says that there is no number. Such entries are
null here. The calibration errors are Guo et al. 2017, eq. 3, written out: scikit-learn has none.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

TARGET = Path(__file__).resolve().parents[2] / 'src' / 'lib' / 'fixtures' / 'metrics.json'


def drawn(seed, count, classes, sharpness, grid=None):
    """(truth, probabilities as float32); `grid` rounds them to multiples of 1 / grid, so that many are equal."""
    random = np.random.default_rng(seed)
    truth = random.choice(classes, size=count, p=np.arange(1, classes + 1) / sum(range(1, classes + 1)))
    logits = random.normal(size=(count, classes))
    logits[np.arange(count), truth] += sharpness
    p = np.exp(logits * 1.5)
    p /= p.sum(axis=1, keepdims=True)
    if grid:
        p = np.floor(p * grid) / grid
        p[:, -1] = 1 - p[:, :-1].sum(axis=1)
    return truth, p.astype(np.float32)


def cases():
    yield 'four classes', *drawn(1, 120, 4, 1.2)
    yield 'ties', *drawn(2, 80, 3, 1.0, grid=8)
    truth, p = drawn(3, 60, 4, 1.5)
    truth[truth == 2] = 3
    yield 'a class without examples', truth, p
    yield 'two classes', *drawn(4, 50, 2, 0.6)
    yield 'one example', np.array([1]), np.array([[0.25, 0.5, 0.25]], np.float32)
    yield 'one class only', np.array([0, 0, 0]), drawn(5, 3, 3, 1.0)[1]


def number(value):
    return None if math.isnan(value) else float(value)


def curve(x, y):
    """Up to 12 points, spread over the curve."""
    at = sorted({int(i) for i in np.linspace(0, len(x) - 1, 12)})
    return {'points': len(x), 'at': at, 'x': [number(x[i]) for i in at], 'y': [number(y[i]) for i in at]}


def ranking(positive, scores):
    both = 0 < positive.sum() < len(positive)
    fpr, tpr, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(positive, scores)
    some = positive.sum() > 0
    return {
        'auc': number(metrics.roc_auc_score(positive, scores)) if both else None,
        'averagePrecision': number(metrics.average_precision_score(positive, scores)) if some else None,
        'roc': curve(fpr, tpr),
        # scikit-learn goes from the loosest threshold to the strictest
        'precisionRecall': curve(recall[::-1], precision[::-1]) if some else None,
    }


def macro_roc(truth, p, points):
    grid = np.linspace(0, 1, points)
    curves = []
    for k in range(p.shape[1]):
        if 0 < (truth == k).sum() < len(truth):
            fpr, tpr, _ = metrics.roc_curve(truth == k, p[:, k], drop_intermediate=False)
            curves.append(np.interp(grid, fpr, tpr))
    return [float(v) for v in np.mean(curves, axis=0)] if curves else None


def expected_error(confidence, right, bins):
    error = 0.0
    for m in range(bins):
        within = (confidence > m / bins) & (confidence <= (m + 1) / bins)
        if within.any():
            error += within.sum() / len(right) * abs(right[within].mean() - confidence[within].mean())
    return float(error)


def case(name, truth, p):
    p64 = p.astype(np.float64)
    classes = p.shape[1]
    answer = p.argmax(axis=1)
    confidence = p64.max(axis=1)
    right = answer == truth
    present = sorted(set(truth.tolist()))
    hot = np.eye(classes)[truth]
    true_share, mean_confidence = calibration_curve(right, confidence, n_bins=10)
    return {
        'name': name,
        'truth': truth.tolist(),
        'probabilities': [[float(v) for v in row] for row in p],
        'confusion': metrics.confusion_matrix(truth, answer, labels=range(classes)).tolist(),
        'macroF1': float(metrics.f1_score(truth, answer, labels=present, average='macro')),
        'weightedF1': float(metrics.f1_score(truth, answer, labels=present, average='weighted')),
        'balancedAccuracy': float(metrics.balanced_accuracy_score(truth, answer)),
        'brier': float(np.mean(((p64 - hot) ** 2).sum(axis=1))),
        # given all labels, scikit-learn's own; its classes must sum to 1 in float64
        'sklearnBrier': float(
            metrics.brier_score_loss(
                truth, p64 / p64.sum(axis=1, keepdims=True), labels=range(classes), scale_by_half=False
            )
        ),
        'reliability': {'accuracy': true_share.tolist(), 'confidence': mean_confidence.tolist()},
        'expectedError': {str(bins): expected_error(confidence, right, bins) for bins in (10, 15)},
        'classes': [ranking(truth == k, p64[:, k]) for k in range(classes)],
        'micro': ranking(hot.ravel() == 1, p64.ravel()),
        'macroRoc': macro_roc(truth, p64, 21),
    }


def main():
    warnings.simplefilter('ignore')
    fixture = {'about': 'By scripts/models/metric_fixtures.py.', 'cases': [case(*c) for c in cases()]}
    text = json.dumps(fixture, separators=(',', ':'), allow_nan=False)
    TARGET.write_text(text + '\n', encoding='utf-8', newline='\n')


if __name__ == '__main__':
    main()
