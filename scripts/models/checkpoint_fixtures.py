"""Writes small checkpoints as people bring them, and what transformers computes with them.

    python scripts/models/checkpoint_fixtures.py

Every one is saved by `save_pretrained` itself: classes with and without a head, so names with and without a prefix; float32,
float16 and bfloat16; one file or several. Drawn from a seed; expected numbers are computed in float64 on the saved weights.
"""

import shutil

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    DistilBertConfig,
    DistilBertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
    PreTrainedTokenizerFast,
)

import common
import minilm_l6
import text_fixtures

FOLDER = common.SOURCES / 'engine' / 'pretrained' / 'fixtures'
TEXTS = ('a quick fox', 'The lazy dogs sleep.', 'жаңа bird, 好')
WORDS = ('[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'quick', 'fox', 'lazy', 'dog', '##s', 'sleep', 'bird', '好',
         'а', 'ж', '##а', '##ң', '##ж', '.', ',', '!', 'a', 'b', 'c', '##a', '##b', '1')


def word_pieces():
    vocabulary = {word: i for i, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token='[UNK]'))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(('[SEP]', vocabulary['[SEP]']), ('[CLS]', vocabulary['[CLS]']))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token='[UNK]', pad_token='[PAD]', cls_token='[CLS]',
                                   sep_token='[SEP]', mask_token='[MASK]')


def byte_pairs():
    """No special token is named, as in GPT-2's own files."""
    return PreTrainedTokenizerFast(tokenizer_object=text_fixtures.byte_level())


def save(name, model, tokenizer, seed, dtype=torch.float32, **options):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    model = text_fixtures.draw(model, seed).to(dtype)
    model.save_pretrained(folder, **options)
    tokenizer.save_pretrained(folder)
    for extra in ('generation_config.json', 'chat_template.jinja'):
        (folder / extra).unlink(missing_ok=True)
    return model.double().eval(), folder


@torch.no_grad()
def encoder(name, model, seed, dtype, pooling):
    model, folder = save(name, model, word_pieces(), seed, dtype)
    tokens = AutoTokenizer.from_pretrained(folder)(list(TEXTS), padding=True, return_tensors='pt')
    ids, mask = tokens['input_ids'], tokens['attention_mask']
    if pooling == 'cls':
        expected = model(input_ids=ids, attention_mask=mask).logits
    else:
        hidden = model.base_model(input_ids=ids, attention_mask=mask).last_hidden_state
        expected = minilm_l6.pooled(hidden, mask)
    write(name, ids, mask, expected)


@torch.no_grad()
def decoder(name, model, seed, dtype, **options):
    model, folder = save(name, model, byte_pairs(), seed, dtype, **options)
    ids = torch.tensor([AutoTokenizer.from_pretrained(folder)(TEXTS[1])['input_ids'][:12]])
    whole = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float64).eval()
    write(name, ids, torch.ones_like(ids), whole(input_ids=ids).logits)


def write(name, ids, mask, expected):
    common.save_tensors(FOLDER / f'{name}.safetensors', {
        **text_fixtures.integers(ids=ids, mask=mask), 'expected': expected.float(),
    })
    size = sum(path.stat().st_size for path in (FOLDER / name).iterdir())
    print(f'{name}: {size / 1000:.0f} kB, expected of deviation {float(expected.std()):.2f}')


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    sizes = dict(vocab_size=len(WORDS) + 3, max_position_embeddings=20)
    small = dict(hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20, **sizes)
    labels = dict(id2label={0: 'bad', 1: 'good', 2: 'so so'}, label2id={'bad': 0, 'good': 1, 'so so': 2})
    encoder('bert', BertModel(BertConfig(**small)), 11, torch.float32, 'mean')
    encoder('bert-labels', BertForSequenceClassification(BertConfig(**small, **labels)), 12, torch.bfloat16, 'cls')
    encoder('distilbert-masked', DistilBertForMaskedLM(DistilBertConfig(dim=12, n_layers=2, n_heads=3, hidden_dim=20, **sizes)),
            13, torch.float16, 'mean')
    tokens = byte_pairs().vocab_size
    gpt = GPT2Config(vocab_size=tokens, n_embd=12, n_layer=2, n_head=3, n_positions=64, bos_token_id=0, eos_token_id=0)
    decoder('gpt2', GPT2Model(gpt), 14, torch.float32)
    decoder('gpt2-shards', GPT2LMHeadModel(gpt), 15, torch.bfloat16, max_shard_size='12KB')


if __name__ == '__main__':
    main()
