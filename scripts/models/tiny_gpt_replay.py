"""Writes public/models/tiny-gpt/replay.json: passages that it learned from, for replay while it learns something else.

    python scripts/models/tiny_gpt_replay.py [--packages FOLDER]

Whole paragraphs of the training documents, none of which is held out (tiny_gpt_corpus.py): as many of each source, each of
at least 1,100 characters, which fill the model's context.
"""

import argparse
import random

import common
from tiny_gpt_corpus import SOURCES, corpus

TARGET = common.MODELS / 'tiny-gpt' / 'replay.json'
EACH = 24
LEAST = 1100
MOST = 1500
SEED = 12


def passages(document):
    """Paragraphs in a row, as soon as they are long enough; what is too long ends with a sentence."""
    found, held = [], ''
    for paragraph in document.text.split('\n\n'):
        held = f'{held}\n\n{paragraph}' if held else paragraph
        if len(held) < LEAST:
            continue
        whole = held if len(held) <= MOST else held[:MOST].rpartition('. ')[0] + '.'
        if len(whole) >= LEAST:
            found.append(whole)
        held = ''
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--packages', help='folder with the archives; what is missing is fetched into it')
    training, held_out = corpus(parser.parse_args().packages)
    drawn = []
    for name in SOURCES:
        all_of = [p for document in training if document.source == name for p in passages(document)]
        drawn += random.Random(SEED).sample(all_of, EACH)
    assert not any(passage in document.text for passage in drawn for document in held_out)
    random.Random(SEED).shuffle(drawn)
    common.write_text(TARGET, common.compact(drawn) + '\n')
    size = TARGET.stat().st_size
    print(f'{len(drawn)} passages, {size} bytes, SHA-256 {common.sha256(TARGET)}')


if __name__ == '__main__':
    main()
