"""Writes what the language models and tokenizers of the engine are tested against: numbers of transformers and tokenizers.

    python scripts/models/text_fixtures.py

Models are computed in float64, so that only the engine's own rounding shows. The small ones are drawn from a seed, with
wide weights: a network of default ones hardly sees its input.
"""

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn.functional import cross_entropy
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
)

import common
import minilm_l6

LABELS = 3
BERT = dict(vocab_size=61, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24,
            max_position_embeddings=12, type_vocab_size=2, num_labels=LABELS)
DISTILBERT = dict(vocab_size=61, dim=16, n_layers=2, n_heads=4, hidden_dim=24, max_position_embeddings=12,
                  num_labels=LABELS)
GPT2 = dict(vocab_size=61, n_embd=16, n_layer=2, n_head=4, n_positions=12, bos_token_id=0, eos_token_id=0)


def draw(model, seed):
    """Every weight anew: kernels of deviation 1.5 / sqrt(fan in), tables 1, scales about 1, biases about 0."""
    generator = torch.Generator().manual_seed(seed)
    for name, weight in model.named_parameters():
        value = torch.randn(weight.shape, generator=generator)
        scale = 'norm' in name.lower() or '.ln_' in name
        if weight.dim() > 1:
            value *= 1.0 if 'embeddings' in name or 'wte' in name or 'wpe' in name else 1.5 / weight.shape[-1] ** 0.5
        elif scale and name.endswith('weight'):
            value = 1 + 0.3 * value
        else:
            value *= 0.3
        weight.data.copy_(value)
    return model.double().eval()


def batch(seed, lengths=(7, 4, 5)):
    """ids, mask, types [B, T] and labels [B]; a text shorter than the longest is padded on its right with 0."""
    random = np.random.default_rng(seed)
    shape = (len(lengths), max(lengths))
    mask = torch.tensor([[int(t < n) for t in range(shape[1])] for n in lengths])
    ids = torch.from_numpy(random.integers(1, 61, shape)) * mask
    types = torch.tensor([[int(t >= n // 2) for t in range(shape[1])] for n in lengths]) * mask
    return ids, mask, types, torch.tensor([i % LABELS for i in range(shape[0])])


def gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return {f'gradient/{n}': p.grad.clone().float() for n, p in model.named_parameters() if p.grad is not None}


def integers(**tensors):
    return {name: tensor.to(torch.int32) for name, tensor in tensors.items()}


def write(family, variant, model, config, tensors):
    folder = common.SOURCES / 'models' / family / 'fixtures'
    count = sum(p.numel() for p in model.parameters())
    assert count < 50_000, count
    state = {n: t.float() for n, t in model.state_dict().items() if not n.endswith(('position_ids', 'lm_head.weight'))}
    common.save_tensors(folder / f'{variant}.safetensors', state)
    common.save_tensors(folder / f'{variant}-expected.safetensors', tensors)
    common.write_json(folder / f'{variant}.json', config)
    print(f'{family}/{variant}: {count} parameters, logits of deviation {float(tensors["logits"].std()):.2f}')


def encoder(variant, model, config, pooling, seed):
    """Logits and gradients of the mean cross-entropy, with transformers' own head or the mean of the hidden states."""
    ids, mask, types, labels = batch(seed)
    segments = {'token_type_ids': types} if variant.startswith('bert') else {}
    hidden = model.base_model(input_ids=ids, attention_mask=mask, **segments).last_hidden_state
    if pooling == 'cls':
        logits = model(input_ids=ids, attention_mask=mask, **segments).logits
    else:
        logits = model.classifier(minilm_l6.pooled(hidden, mask))
    tensors = {
        **integers(ids=ids, mask=mask, types=types, labels=labels),
        'logits': logits.detach().float(),
        'hidden': hidden.detach().float(),
        **gradients(model, cross_entropy(logits, labels)),
    }
    name = 'bert' if variant.startswith('bert') else 'distilbert'
    fields = {'architecture': 'bert', 'model_type': name, **config, 'classifier_pooling': pooling}
    write('bert', variant, model, fields, tensors)


def decoder():
    """Logits of every token and gradients of the mean cross-entropy against other drawn tokens, padding left out."""
    model = draw(GPT2LMHeadModel(GPT2Config(**GPT2)), 5)
    ids, mask, _, _ = batch(6)
    targets = batch(7)[0].clamp(min=1)
    logits = model(input_ids=ids).logits
    masked = model(input_ids=ids, attention_mask=mask).logits
    assert torch.allclose(logits[mask.bool()], masked[mask.bool()]), 'Padding on the right changes an answer.'
    loss = cross_entropy(logits[mask.bool()], targets[mask.bool()])
    tensors = {
        **integers(ids=ids, mask=mask, targets=targets),
        'logits': logits.detach().float(),
        **gradients(model, loss),
    }
    write('gpt2', 'gpt2', model, {'architecture': 'gpt2', 'model_type': 'gpt2', 'num_labels': 0, **GPT2}, tensors)


@torch.no_grad()
def minilm():
    """Hidden states of ten sentences on the weights of model.safetensors: the first, a middle and the last token, and
    their mean. Padded together, as a batch is."""
    folder = minilm_l6.FOLDER
    model = minilm_l6.build(common.read_json(folder / 'config.json'), load_file(folder / 'model.safetensors')).double()
    tokens = AutoTokenizer.from_pretrained(folder)(list(minilm_l6.SENTENCES), padding=True, return_tensors='pt')
    mask = tokens['attention_mask']
    hidden = model(**tokens).last_hidden_state
    last = mask.sum(1) - 1
    places = torch.stack([torch.zeros_like(last), last // 2, last], 1)  # [N, 3]
    rows = hidden.gather(1, places[..., None].expand(-1, -1, hidden.shape[-1]))
    single = model.float()(**tokens).last_hidden_state
    common.save_tensors(common.SOURCES / 'models/bert/fixtures/minilm-l6.safetensors', {
        **integers(ids=tokens['input_ids'], mask=mask, places=places),
        'hidden': rows.float(),
        'mean': minilm_l6.pooled(hidden, mask).float(),
    })
    print(f'minilm-l6: float32 differs by {float((single - hidden)[mask.bool()].abs().max()):.1e}')


@torch.no_grad()
def shipped_decoders():
    """Logits of the first sentence at its first, a middle and its last token, for every GPT-2 that the site ships."""
    for path in sorted(common.MODELS.glob('*/config.json')):
        folder = path.parent
        if common.read_json(path)['architecture'] != 'gpt2' or not (folder / 'model.safetensors').exists():
            continue
        model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float64).eval()
        ids = torch.tensor(Tokenizer.from_file(str(folder / 'tokenizer.json')).encode(minilm_l6.SENTENCES[0]).ids)
        places = torch.tensor([0, len(ids) // 2, len(ids) - 1])
        logits = model(input_ids=ids[None]).logits[0]
        single = model.float()(input_ids=ids[None]).logits[0]
        common.save_tensors(common.SOURCES / f'models/gpt2/fixtures/{folder.name}.safetensors', {
            **integers(ids=ids, places=places),
            'logits': logits[places].float(),
        })
        print(f'{folder.name}: float32 differs by {float((single - logits).abs().max()):.1e}')


TEXTS = (
    *minilm_l6.SENTENCES,
    '',
    ' ',
    'É é ﬁ Å ñ ß İ ı ΟΔΟΣ ΣΊΣΥΦΟΣ ὀδός Ǆ ﷺ',
    'Қазақстан Республикасының тұңғыш ғарышкері; ӘІҢҒҮҰҚӨҺ әіңғүұқөһ',
    '今天天气很好，我们去公园吧！𠮷野家 𪜀',
    'ひらがなとカタカナ、漢字。 한국어 문장입니다. नमस्ते दुनिया। สวัสดีชาวโลก שלום עולם',
    '👩‍👧🏽‍👦 🇰🇿 😀😀 ☕️ ™ ½ № Ⅳ',
    'tab\tnew\nline\r\nnbsp\u00a0em\u2003ideographic\u3000zero\u200bwidth bom\ufeff nel\u0085 ls\u2028 vt\u000b end  ',
    "don't we'll I'M they've O'Neil's rock'n'roll",
    'x' * 120 + ' ' + 'antidisestablishmentarianism' * 3,
    'a[MASK]b [SEP] <|endoftext|> [unused0] ##ing',
    '3.14159 1,000,000 2026-03-01 C++ C# node.js foo_bar http://example.org/?q=1&r=2',
    'combining: e\u0301 a\u0308\u0323 \u0301start',
)
#: One text of a megabyte is tested by its count and a checksum of its ids.
LONG = ('The quick brown fox jumps over 13 lazy dogs. Сәлем! 你好。 ', 16_000)


def checksum(ids):
    """A sum that depends on order: h = (31 h + id) mod 2^32."""
    h = 0
    for i in ids:
        h = (31 * h + i) % 2**32
    return h


def byte_level():
    """A small byte-level BPE of our own, as GPT-2's is made."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=['<|endoftext|>'], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator([minilm_l6.CARD, *minilm_l6.SENTENCES[:6], *TEXTS], trainer)
    return tokenizer


def tokens_of(tokenizer):
    cases = [{'text': text, 'ids': (ids := tokenizer.encode(text).ids),
              'bare': tokenizer.encode(text, add_special_tokens=False).ids,
              'decoded': tokenizer.decode(ids)} for text in TEXTS]
    long = tokenizer.encode(LONG[0] * LONG[1]).ids
    pair = tokenizer.encode('How are you?', 'Fine, thanks.')
    return {'cases': cases, 'long': {'count': len(long), 'checksum': checksum(long)},
            'pair': {'ids': pair.ids, 'types': pair.type_ids}}


def tokenizers():
    own = byte_level()
    fixture = {
        'about': 'Ids of the native tokenizers, without truncation and padding; long is one text, repeated.',
        'long': {'text': LONG[0], 'times': LONG[1]},
        'minilm-l6': tokens_of(Tokenizer.from_file(str(minilm_l6.FOLDER / 'tokenizer.json'))),
        'byte-level': tokens_of(own),
    }
    folder = common.SOURCES / 'lib' / 'fixtures'
    common.write_text(folder / 'tokenizers.json', common.compact(fixture) + '\n')
    common.write_text(folder / 'byte-level.json', own.to_str() + '\n')


def main():
    for pooling, seed in (('cls', 1), ('mean', 2)):
        model = draw(BertForSequenceClassification(BertConfig(**BERT)), seed)
        encoder(f'bert-{pooling}', model, BERT, pooling, seed)
    for pooling, seed in (('cls', 3), ('mean', 4)):
        model = draw(DistilBertForSequenceClassification(DistilBertConfig(**DISTILBERT)), seed)
        encoder(f'distilbert-{pooling}', model, DISTILBERT, pooling, seed)
    decoder()
    minilm()
    shipped_decoders()
    tokenizers()


if __name__ == '__main__':
    main()
