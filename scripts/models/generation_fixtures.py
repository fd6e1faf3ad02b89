"""Writes what generation is tested against: losses and gradients of PyTorch, texts of transformers, scores of sacrebleu.

    python scripts/models/generation_fixtures.py [losses] [scores] [texts]
"""

import sys

import torch
from sacrebleu.metrics import CHRF
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer, GPT2LMHeadModel

import common

IGNORED = -100


def write_lines(path, values):
    """A JSON list, one value a line."""
    common.write_text(path, '[\n' + ',\n'.join(common.compact(value) for value in values) + '\n]\n')


def losses():
    """Logits [B, T, V] of odd shapes; some tokens are not learned, and of one case none but the last."""
    generator = torch.Generator().manual_seed(3)
    cases = []
    for shape, learned, smoothing in [((2, 3, 5), 0.6, 0.0), ((1, 7, 13), 0.5, 0.0), ((3, 5, 11), 0.7, 0.1),
                                      ((1, 1, 2), 1.0, 0.0), ((2, 4, 33), 0.0, 0.2)]:
        logits = (3 * torch.randn(shape, generator=generator)).double().requires_grad_()
        labels = torch.randint(shape[-1], shape[:-1], generator=generator)
        kept = torch.rand(shape[:-1], generator=generator) < learned
        kept[-1, -1] = True
        wanted = torch.where(kept, labels, IGNORED).flatten()
        loss = cross_entropy(logits.flatten(0, 1), wanted, ignore_index=IGNORED, label_smoothing=smoothing)
        loss.backward()
        right = ((logits.argmax(-1) == labels) & kept).sum()
        cases.append({
            'shape': shape, 'smoothing': smoothing, 'logits': logits.flatten().tolist(), 'labels': labels.flatten().tolist(),
            'learned': kept.int().flatten().tolist(), 'loss': loss.item(), 'correct': right.item(),
            'gradient': logits.grad.flatten().tolist(),
        })
    write_lines(common.SOURCES / 'nn/fixtures/next-token.json', cases)


PROMPTS = ['My fellow citizens,', 'She looked at him and', 'The whale']


def texts():
    """What tiny-gpt writes greedily, from the end token and a prompt."""
    folder = common.MODELS / 'tiny-gpt'
    tokenizer, model = AutoTokenizer.from_pretrained(folder), GPT2LMHeadModel.from_pretrained(folder).eval()
    out = []
    for prompt in PROMPTS:
        ids = [tokenizer.eos_token_id, *tokenizer(prompt, add_special_tokens=False)['input_ids']]
        written = model.generate(torch.tensor([ids]), max_new_tokens=48, do_sample=False,
                                 attention_mask=torch.ones(1, len(ids)), pad_token_id=tokenizer.eos_token_id)
        new = written[0, len(ids):].tolist()
        out.append({'prompt': prompt, 'ids': ids, 'written': new, 'text': tokenizer.decode(new, skip_special_tokens=True)})
    write_lines(common.SOURCES / 'engine/fixtures/tiny-gpt-written.json', out)


PAIRS = [
    ('A house is a building.', 'A house is a building.'),
    ('A house is a dwelling', 'A house is a building in which people live.'),
    ('', 'nothing was written'),
    ('something', ''),
    ('a', 'a'),
    ('ab', 'abcdefgh'),
    ('Il fait  très\nbeau', 'Il fait tres beau'),
    ('Қазақстан астанасы — Астана.', 'Қазақстанның астанасы – Астана қаласы.'),
    ('人工智能是什么', '什么是人工智能？'),
    ('👍🏽 fine 😀', '👍 fine 😀😀'),
    ('xyz xyz xyz xyz', 'xyz'),
    ('completely other words', '0123456789'),
]


def scores():
    """Sentence-level chrF2."""
    metric = CHRF()
    pairs = [{'written': a, 'expected': b, 'chrf': metric.sentence_score(a, [b]).score} for a, b in PAIRS]
    write_lines(common.SOURCES / 'lib/fixtures/chrf.json', pairs)


if __name__ == '__main__':
    chosen = sys.argv[1:] or ['losses', 'scores', 'texts']
    for name in chosen:
        {'losses': losses, 'scores': scores, 'texts': texts}[name]()
