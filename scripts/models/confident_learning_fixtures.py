"""Writes src/lib/fixtures/confident-learning.json: what cleanlab 2.9.0 finds in labels of which some are wrong.

    pip install cleanlab==2.9.0
    python scripts/models/confident_learning_fixtures.py

Not in requirements.txt: nothing else needs it.
"""

import json
from pathlib import Path

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues

TARGET = Path(__file__).resolve().parents[2] / 'src' / 'lib' / 'fixtures' / 'confident-learning.json'


def case(seed, examples, classes, noise, sharpness):
    """Probabilities around true classes, some classes rare, and labels of which the share `noise` is wrong."""
    random = np.random.default_rng(seed)
    shares = np.arange(1, classes + 1) / np.arange(1, classes + 1).sum()
    truth = random.choice(classes, examples, p=shares)
    logits = random.normal(size=(examples, classes)) + sharpness * np.eye(classes)[truth]
    powers = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = np.round(powers / powers.sum(1, keepdims=True), 4)
    wrong = random.random(examples) < noise
    labels = np.where(wrong, (truth + random.integers(1, classes, examples)) % classes, truth)
    issues = find_label_issues(
        labels,
        probabilities,
        filter_by='confident_learning',
        return_indices_ranked_by='normalized_margin',
        n_jobs=1,
    )
    return {
        'classes': classes,
        'labels': labels.tolist(),
        'probabilities': probabilities.ravel().tolist(),
        'thresholds': get_confident_thresholds(labels, probabilities).tolist(),
        'joint': compute_confident_joint(labels, probabilities, calibrate=False).tolist(),
        'issues': issues.tolist(),
    }


def main():
    fixture = {
        'about': "cleanlab 2.9.0: get_confident_thresholds, compute_confident_joint(calibrate=False) and "
        "find_label_issues(filter_by='confident_learning', return_indices_ranked_by='normalized_margin').",
        'cases': [case(1, 200, 4, 0.08, 4.0), case(2, 150, 3, 0.2, 2.5), case(3, 120, 6, 0.1, 5.0)],
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(fixture) + '\n')
    print(f'{TARGET.name} written:', [len(one['issues']) for one in fixture['cases']], 'issues')


if __name__ == '__main__':
    main()
