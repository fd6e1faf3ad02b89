"""What public/models/tiny-gpt says of itself: its provenance, notice and card, from what `tiny_gpt.py` measured."""

import common
from tiny_gpt_corpus import FIRST_SPEECH, SOURCES, SPLIT_SEED

FILES = ['model.safetensors', 'config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'heldout.txt']


def rounded(value):
    """Figures with six digits: what another processor may round differently is not written down."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return float(f'{value:.6g}') if isinstance(value, float) else value


def write_provenance(folder, how, figures, parameters):
    provenance = {
        'name': 'Tiny GPT',
        'licence': 'Apache-2.0',
        'paper': 'Radford, Wu, Child, Luan, Amodei and Sutskever 2019, Language Models are Unsupervised Multitask Learners',
        'weights': {'trained_by': 'scripts/models/tiny_gpt.py', 'licence': 'Apache-2.0', 'seed': how['seed']},
        'data': list(SOURCES.values()),
        'training': how,
        'split_seed': SPLIT_SEED,
        'held_out': rounded(figures['held_out']),
        'heldout.txt': rounded(figures['heldout.txt']),
        'script': 'scripts/models/tiny_gpt.py',
        'parameters': {'all': parameters, 'without_head': parameters},
        'sha256': {name: common.sha256(folder / name) for name in FILES},
        'bytes': {name: (folder / name).stat().st_size for name in FILES},
    }
    common.write_json(folder / 'provenance.json', provenance)
    common.write_text(folder / 'LICENSE', common.licence_text('efficientnet-lite-pytorch'))  # the Apache licence's text
    common.write_text(folder / 'NOTICE', NOTICE + '\n'.join(f'- {s["name"]}: {s["licence"]}.' for s in SOURCES.values()) + '\n')


def sample_text(sample):
    lines = '\n'.join(f'> {line}'.rstrip() for line in sample['text'].split('\n'))
    return f'Temperature {sample["temperature"]}, top-k {sample["top_k"]}, seed {sample["seed"]}:\n\n{lines}\n'


def write_card(folder, how, figures, parameters):
    held, probe = figures['held_out'], figures['heldout.txt']
    card = CARD.format(
        parameters=parameters,
        size=(folder / 'model.safetensors').stat().st_size,
        sources='\n'.join(
            f'| {s["name"]} | {s["registry"]} `{s["package"]}` {s["version"]} | {s["licence"]} |' for s in SOURCES.values()
        ),
        rows='\n'.join(
            f'| {name} | {figure["bits_per_byte"]:.3f} | {figure["token_trigram_bits_per_byte"]:.3f} |'
            for name, figure in held['by_source'].items()
        ),
        epochs=how['tokens'] / how['corpus_tokens'],
        passages=held['less_than_token_trigram']['passages'],
        texts=held['less_than_token_trigram']['documents'],
        below=1 - held['bits_per_byte'] / held['token_trigram_bits_per_byte'],
        samples='\n'.join(sample_text(sample) for sample in figures['samples']),
        first=FIRST_SPEECH, how=how, held=held, probe=probe, documents=len(held['documents']),
    )
    common.write_text(folder / 'README.md', card)


NOTICE = """Tiny GPT for Tuning Fork

Tokenizer and weights were trained by scripts/models/tiny_gpt.py, Apache License 2.0. heldout.txt holds parts of the texts that
were kept out of the training. All texts are in the public domain:

"""

CARD = """# Tiny GPT

A GPT-2 of {parameters:,} parameters with its own tokenizer of 2,048 tokens, which read novels by Jane Austen, Moby-Dick and
speeches of American presidents. It is small enough to fine-tune while a class watches. It writes sentences that sound right
and mean little.

| | |
|---|---|
| Architecture | GPT-2: 4 blocks, width 128, 4 heads, context 256, output tied to the token embeddings |
| Learned from | {how[corpus_bytes]:,} bytes ({how[corpus_tokens]:,} tokens), each read {epochs:.1f} times on average |
| Training | {how[steps]:,} steps of {how[batch]}, {how[optimizer]}; targets are {how[targets]}; seed {how[seed]}; about {how[minutes]} minutes on one processor thread |
| Licence | Apache-2.0 for weights and code; the texts are in the public domain; all is in `provenance.json` |
| File | `model.safetensors`, {size:,} bytes, f32, Hugging Face names of `GPT2LMHeadModel`, Conv1D layouts `[in, out]` |
| Tokenizer | byte-level BPE as GPT-2 has it, `tokenizer.json`: nothing is unknown to it |

```python
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer, model = AutoTokenizer.from_pretrained('tiny-gpt'), AutoModelForCausalLM.from_pretrained('tiny-gpt')
```

| text | from | licence |
|---|---|---|
{sources}

Of the speeches only those since {first}, when presidents began to speak to Congress again. Texts were brought to plain form:
straight quotes, ` - ` for dashes, one line a paragraph, no headings.

## Measured

{documents} whole chapters and speeches ({held[bytes]:,} bytes, about 2 % of each source, drawn by a seed) were held out; the
weights are those at the end of the training. The recipe (optimizer, learning from a trigram first) was chosen with an eye
on some of these texts; the weights were not. Bits per byte of text, lower is better:

| | bits per byte |
|---|---|
| Tiny GPT | **{held[bits_per_byte]:.3f}** |
| trigram of tokens (the same tokenizer and texts; interpolated modified Kneser-Ney) | {held[token_trigram_bits_per_byte]:.3f} |
| trigram of bytes (the same) | {held[byte_trigram_bits_per_byte]:.3f} |

It needs {below:.1%} fewer bits than the trigram of tokens. That is {passages[difference]:.3f} bits per byte, with a 95 % interval
of {passages[low]:.3f} to {passages[high]:.3f} (paired bootstrap over the {passages[parts]} passages of at most 256 tokens; {texts[low]:.3f} to {texts[high]:.3f} over
the {texts[parts]} whole texts). Perplexity {held[perplexity_per_token]:.1f} a token. Windows of 256
tokens move on by 128, so that a token has 128 or more before it; in windows that do not overlap it is
{held[bits_per_byte_without_overlap]:.3f}.

| by source | Tiny GPT | trigram of tokens |
|---|---|---|
{rows}

`heldout.txt` is {probe[bytes]:,} bytes of it: {probe[bits_per_byte]:.4f} bits per byte ({probe[how]}; the trigram
{probe[token_trigram_bits_per_byte]:.4f}). It shows what fine-tuning on something else makes the model forget.

## What it writes

As it came, the beginning of each is the prompt.

{samples}
## Chats

`<|system|>`, `<|user|>` and `<|assistant|>` begin a turn and `<|end|>` ends it (`chat_template` in `tokenizer_config.json`);
`<|endoftext|>` separates texts. Pretraining saw only the last: what the other four mean is learned in fine-tuning.

## Replay

`replay.json` holds 72 passages that it learned from, 24 of each source, and none of `heldout.txt`: the studio can replay them
while the model learns something else. Made by `scripts/models/tiny_gpt_replay.py`.

## Limits

- It knows no facts and follows no instructions. It continues text, keeps to a subject for a sentence or two, and makes
  things up in the voice of the 19th century or of a president.
- It read English only. Other languages come out a letter or a byte at a time, as noise.
- The texts carry the views of their times, on women, on peoples, on war, and so may what it writes.
- Its context is 256 tokens, about 800 bytes of English.
- For teaching. It is no assistant, and no source.

Remake this folder with `scripts/models/tiny_gpt.py`.
"""
