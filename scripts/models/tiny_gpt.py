"""Trains public/models/tiny-gpt on public-domain books and speeches, and measures what the card claims.

    python scripts/models/tiny_gpt.py [--packages FOLDER] [--checkpoint FILE] [--card-only]

`--card-only` measures and describes the weights that are there. One thread, one seed: the same machine and versions give
the same weights; another processor may round the training differently.
"""

import argparse
import itertools
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

import common
from bootstrap import paired_difference
from ngram import Trigram
from tiny_gpt_card import write_card, write_provenance
from tiny_gpt_corpus import corpus, size
from tiny_gpt_teacher import Teacher

FOLDER = common.MODELS / 'tiny-gpt'
SEED = 11
CONTEXT = 256
BATCH = 8
STEPS = 4875
WARMUP = 100
STABLE = 2 / 3  # the share of the steps after which learning rates and teaching fall
TAUGHT = 0.8  # the share of the trigram in what is to be learned, until then
MUON_RATE = 0.02
ADAM_RATE = 3e-3
WEIGHT_DECAY = 0.1

# The first is what separates texts; the others mark the turns of a chat, and pretraining never shows them.
SPECIAL = ['<|endoftext|>', '<|system|>', '<|user|>', '<|assistant|>', '<|end|>']
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)

CONFIG = {
    'architecture': 'gpt2',
    'architectures': ['GPT2LMHeadModel'],
    'model_type': 'gpt2',
    'vocab_size': 2048,
    'n_positions': CONTEXT,
    'n_embd': 128,
    'n_layer': 4,
    'n_head': 4,
    'n_inner': None,
    'activation_function': 'gelu_new',
    'layer_norm_epsilon': 1e-5,
    'initializer_range': 0.02,
    'embd_pdrop': 0.0,
    'resid_pdrop': 0.0,
    'attn_pdrop': 0.0,
    'tie_word_embeddings': True,
    'bos_token_id': 0,
    'eos_token_id': 0,
    'dtype': 'float32',
}
TOKENIZER_CONFIG = {
    'tokenizer_class': 'PreTrainedTokenizerFast',
    'add_prefix_space': False,
    'clean_up_tokenization_spaces': False,
    'model_max_length': CONTEXT,
    'bos_token': SPECIAL[0],
    'eos_token': SPECIAL[0],
    'unk_token': SPECIAL[0],
    'chat_template': CHAT_TEMPLATE,
}
GENERATION_CONFIG = {
    'bos_token_id': 0,
    'eos_token_id': [0, SPECIAL.index('<|end|>')],
    'pad_token_id': 0,
    'do_sample': True,
    'temperature': 0.8,
    'top_k': 40,
    'max_new_tokens': 100,
}
SAMPLES = [
    ('My fellow citizens,', 0.8, 1),
    ('"I am very glad to see you," said', 0.8, 2),
    ('The captain looked at the sea, and', 0.8, 3),
]


# Tokens ------------------------------------------------------------------------------------------------------------------


def train_tokenizer(documents):
    """Byte-level BPE as GPT-2 has it (Radford et al. 2019, 2.2): any text can be written, nothing is unknown."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=CONFIG['vocab_size'],
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((document.text for document in documents), trainer)
    return tokenizer


def encode(tokenizer, documents):
    """One int64 array of ids per document, without `<|endoftext|>`."""
    return [np.array(e.ids, dtype=np.int64) for e in tokenizer.encode_batch([d.text for d in documents])]


def windows(sequences, generator):
    """[BATCH, CONTEXT + 1] for ever: each epoch strings the texts together in a new order, and shuffles the windows."""
    while True:
        order = torch.randperm(len(sequences), generator=generator).tolist()
        stream = torch.from_numpy(np.concatenate([np.append(0, sequences[i]) for i in order]))
        starts = torch.randperm((len(stream) - 1) // CONTEXT, generator=generator) * CONTEXT
        for batch in starts[: len(starts) // BATCH * BATCH].view(-1, BATCH):
            yield torch.stack([stream[i : i + CONTEXT + 1] for i in batch.tolist()])


# Training ----------------------------------------------------------------------------------------------------------------


def optimizers_of(model):
    """Muon (Jordan 2024) for the matrices of the blocks, AdamW for embeddings, norms and biases, which do not decay.

    After 400 steps, Muon's held-out bits per byte were 1.98 where AdamW's alone were 2.13.
    """
    named = list(model.named_parameters())
    matrices = [p for name, p in named if '.h.' in name and p.ndim == 2]
    others = [p for name, p in named if '.h.' not in name or p.ndim < 2]
    return [
        torch.optim.Muon(matrices, lr=MUON_RATE, weight_decay=WEIGHT_DECAY, momentum=0.95),
        torch.optim.AdamW(others, lr=ADAM_RATE, weight_decay=0.0, betas=(0.9, 0.95)),
    ]


def rate(step, steps):
    """Share of the learning rates: linear warm-up, constant, then linear to zero (Hagele et al. 2024)."""
    return min(1, (step + 1) / WARMUP, (steps - step) / ((1 - STABLE) * steps))


def taught(step, steps):
    """Share of the trigram's probabilities in the targets: gone when the learning rates have fallen to 0.6."""
    return TAUGHT * min(1, max(0, (rate(max(step, WARMUP), steps) - 0.6) / 0.4))


class NextToken(torch.autograd.Function):
    """Mean cross-entropy of `hidden @ embedding.T`, [N, D] and [V, D], with its gradients made on the way.

    Its value is that of the true next tokens `targets`; its gradients are those of a mixture with `share` of what `teach`
    gives for a slice of rows. By rows, so that logits stay in the processor's cache: a tenth of a step's time less.
    """

    @staticmethod
    def forward(ctx, hidden, embedding, targets, share, teach, rows=512):
        to_hidden, to_embedding, nats = torch.empty_like(hidden), torch.zeros_like(embedding), 0.0
        for start in range(0, len(hidden), rows):
            some = slice(start, start + rows)
            part, wanted = hidden[some], targets[some, None]
            logits = part @ embedding.T
            nats += float(torch.logsumexp(logits, 1).sum() - logits.gather(1, wanted).sum())
            error = logits.softmax(1).scatter_add_(1, wanted, torch.full(wanted.shape, share - 1))
            if share > 0:
                error.sub_(teach(some), alpha=share)
            to_hidden[some] = error @ embedding
            to_embedding.addmm_(error.T, part)
        ctx.save_for_backward(to_hidden / len(hidden), to_embedding / len(hidden))
        return torch.tensor(nats / len(hidden))

    @staticmethod
    def backward(ctx, gradient):
        to_hidden, to_embedding = ctx.saved_tensors
        return gradient * to_hidden, gradient * to_embedding, None, None, None


def loss_of(model, tokens, share, teacher):
    """Mean cross-entropy of windows [B, T + 1]; the teacher sees the two tokens before, as far as the window has them."""
    hidden = model.transformer(input_ids=tokens[:, :-1], use_cache=False).last_hidden_state  # [B, T, D]
    second = tokens[:, :-1].numpy()
    first = np.concatenate([np.zeros_like(second[:, :1]), second[:, :-1]], axis=1)
    first, second = first.ravel(), second.ravel()
    return NextToken.apply(
        hidden.flatten(0, 1),
        model.transformer.wte.weight,
        tokens[:, 1:].flatten(),
        share,
        lambda some: teacher.probabilities(first[some], second[some]),
    )


def train(sequences, steps, checkpoint, report):
    """The trained model, and the minutes by the clock of all its steps.

    `checkpoint`, a file, is written while the learning rates are constant, and taken up again.
    """
    torch.manual_seed(SEED)
    # The same function as gelu_new, in one operation instead of eight.
    config = GPT2Config(**{**CONFIG, 'activation_function': 'gelu_pytorch_tanh'}, attn_implementation='sdpa')
    model = GPT2LMHeadModel(config).train()
    optimizers, first, begun = optimizers_of(model), 0, time.monotonic()
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda step: rate(step, steps)) for o in optimizers]
    if checkpoint and checkpoint.exists():
        first, seconds, *states = torch.load(checkpoint)
        begun -= seconds
        for part, state in zip((model, *optimizers, *schedules), states, strict=True):
            part.load_state_dict(state)
    teacher = Teacher(Trigram(sequences, CONFIG['vocab_size']), CONFIG['vocab_size'])
    batches = itertools.islice(windows(sequences, torch.Generator().manual_seed(SEED)), first, None)
    for step, tokens in zip(range(first + 1, steps + 1), batches):  # tokens [B, T + 1]
        model.zero_grad()
        loss = loss_of(model, tokens, taught(step - 1, steps), teacher)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for part in (*optimizers, *schedules):
            part.step()
        if step % 250 == 0 or step == steps:
            seconds = time.monotonic() - begun
            report(step, loss.item(), model, seconds / 60)
            if checkpoint and step < STABLE * steps:
                torch.save([step, seconds, *(part.state_dict() for part in (model, *optimizers, *schedules))], checkpoint)
    return model.eval(), seconds / 60


# Measuring ---------------------------------------------------------------------------------------------------------------


@torch.no_grad()
def each(model, sequences, stride):
    """-log2 P of each token, all texts in one array; each text after `<|endoftext|>`, read in windows of `CONTEXT` that
    move on by `stride`.

    Each token is scored once, in the first window that holds it. Strides below `CONTEXT` give it at least
    `CONTEXT - stride` tokens to look back at, where the text has them.
    """
    nats = []
    for sequence in sequences:
        ids = torch.from_numpy(np.append(0, sequence))
        scored = 0  # targets so far; target i is ids[i + 1]
        for start in range(0, len(ids) - 1, stride):
            window = ids[start : start + CONTEXT + 1]
            logits = model(input_ids=window[None, :-1]).logits[0]
            fresh = scored - start
            nats.append(cross_entropy(logits[fresh:], window[fresh + 1 :], reduction='none').numpy())
            scored = start + len(window) - 1
            if scored == len(ids) - 1:
                break
    return np.concatenate(nats).astype(np.float64) / math.log(2)


def bits(model, sequences, stride):
    """-log2 P of all texts together."""
    return float(each(model, sequences, stride).sum())


def against(model, trigram, tokenizer, sequences):
    """Bits per byte less than the trigram's, with 95 % intervals, by passages of `CONTEXT` tokens and by whole texts."""
    needs = trigram.each(sequences), each(model, sequences, CONTEXT // 2)
    sizes = np.array([len(tokenizer.id_to_token(i)) for sequence in sequences for i in sequence])  # a letter is a byte
    texts = np.cumsum([0, *map(len, sequences[:-1])])
    passages = np.concatenate([start + np.arange(0, len(s), CONTEXT) for start, s in zip(texts, sequences)])
    return {
        name: paired_difference(*(np.add.reduceat(column, starts) for column in (*needs, sizes)))
        for name, starts in (('passages', passages), ('documents', texts))
    }


def probe(documents, limit=9000):
    """The beginnings of one held-out text a source, cut at a sentence, as one plain text."""
    parts = []
    for source in dict.fromkeys(d.source for d in documents):
        text = max((d.text for d in documents if d.source == source), key=len)[:limit]
        parts.append(text[: text.rfind('. ') + 1])
    return '\n\n'.join(parts) + '\n'


@torch.no_grad()
def sample(model, tokenizer, prompt, temperature, seed):
    torch.manual_seed(seed)
    ids = tokenizer(prompt, return_tensors='pt')
    out = model.generate(**ids, do_sample=True, temperature=temperature, top_k=40, max_new_tokens=80, pad_token_id=0)
    return tokenizer.decode(out[0], skip_special_tokens=True)


def by_source(model, trigram, documents, sequences):
    """Bits per byte of the model and of the trigram, for each source."""
    found = {}
    for source in dict.fromkeys(d.source for d in documents):
        own = [i for i, d in enumerate(documents) if d.source == source]
        parts, count = [sequences[i] for i in own], size(documents[i] for i in own)
        found[source] = {
            'bits_per_byte': bits(model, parts, CONTEXT // 2) / count,
            'token_trigram_bits_per_byte': trigram.bits(parts) / count,
        }
    return found


def measure(training, held_out):
    """What the card and the provenance say, of the folder as anyone would load it."""
    tokenizer, model = AutoTokenizer.from_pretrained(FOLDER), AutoModelForCausalLM.from_pretrained(FOLDER).eval()
    inner = Tokenizer.from_file(str(FOLDER / 'tokenizer.json'))
    seen, sequences, count = encode(inner, training), encode(inner, held_out), size(held_out)
    assert tokenizer(held_out[0].text)['input_ids'] == sequences[0].tolist()
    as_bytes = [[np.frombuffer(d.text.encode(), np.uint8) for d in part] for part in (training, held_out)]
    trigram, text = Trigram(seen, CONFIG['vocab_size']), (FOLDER / 'heldout.txt').read_text(encoding='utf-8')
    tokens, own = sum(map(len, sequences)), bits(model, sequences, CONTEXT // 2)
    ids = np.array(inner.encode(text).ids)
    return {
        'held_out': {
            'documents': [f'{d.source}: {d.title}' for d in held_out],
            'bytes': count,
            'tokens': tokens,
            'bits_per_byte': own / count,
            'perplexity_per_token': 2 ** (own / tokens),
            'token_trigram_bits_per_byte': trigram.bits(sequences) / count,
            'less_than_token_trigram': against(model, trigram, inner, sequences),
            'byte_trigram_bits_per_byte': Trigram(as_bytes[0], 256).bits(as_bytes[1]) / count,
            'bits_per_byte_without_overlap': bits(model, sequences, CONTEXT) / count,
            'by_source': by_source(model, trigram, held_out, sequences),
        },
        'heldout.txt': {
            'bytes': len(text.encode()),
            'tokens': len(ids),
            'bits_per_byte': bits(model, [ids], CONTEXT) / len(text.encode()),
            'token_trigram_bits_per_byte': trigram.bits([ids]) / len(text.encode()),
            'how': f'after <|endoftext|>, windows of {CONTEXT} tokens that do not overlap, every token scored',
        },
        'samples': [
            {'prompt': p, 'temperature': t, 'top_k': 40, 'seed': s, 'text': sample(model, tokenizer, p, t, s)}
            for p, t, s in SAMPLES
        ],
    }


def write_description(tokenizer):
    common.write_json(FOLDER / 'config.json', CONFIG)
    common.write_json(FOLDER / 'tokenizer_config.json', TOKENIZER_CONFIG)
    common.write_json(FOLDER / 'generation_config.json', GENERATION_CONFIG)
    common.write_text(FOLDER / 'tokenizer.json', json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False) + '\n')


def pretrain(training, held_out, steps, checkpoint):
    """Writes tokenizer and weights; returns how they were trained."""
    tokenizer = train_tokenizer(training)
    write_description(tokenizer)
    common.write_text(FOLDER / 'heldout.txt', probe(held_out))
    sequences = encode(tokenizer, training)
    check = encode(tokenizer, held_out[::4])

    def report(step, loss, model, minutes):
        held = bits(model, check, CONTEXT) / size(held_out[::4])
        print(f'step {step}: loss {loss:.3f}, some held-out text {held:.4f} bits a byte, {minutes:.1f} min', flush=True)

    model, minutes = train(sequences, steps, checkpoint, report)
    state = {name: tensor for name, tensor in model.state_dict().items() if name != 'lm_head.weight'}  # tied to wte
    common.save_tensors(FOLDER / 'model.safetensors', state)
    return {
        'seed': SEED,
        'steps': steps,
        'tokens': steps * BATCH * CONTEXT,
        'corpus_tokens': sum(map(len, sequences)),
        'corpus_bytes': size(training),
        'minutes': round(minutes),
        'optimizer': f'Muon at {MUON_RATE} and AdamW at {ADAM_RATE}, constant, then falling to zero over the last third; gradients clipped at norm 1',
        'targets': f'the next token, mixed with {TAUGHT} of a trigram\'s probabilities (of the training texts) until the rates fall',
        'batch': f'{BATCH} windows of {CONTEXT} tokens',
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--packages', help='folder with the archives; what is missing is fetched into it')
    parser.add_argument('--card-only', action='store_true', help='keep the weights, measure them again')
    parser.add_argument('--steps', type=int, default=STEPS)
    parser.add_argument('--checkpoint', type=Path, help='file from which a training that was cut off goes on')
    arguments = parser.parse_args()

    training, held_out = corpus(arguments.packages)
    if arguments.card_only:
        how = common.read_json(FOLDER / 'provenance.json')['training']
    else:
        how = pretrain(training, held_out, arguments.steps, arguments.checkpoint)
    figures = measure(training, held_out)
    parameters = sum(p.numel() for p in AutoModelForCausalLM.from_pretrained(FOLDER).parameters())
    write_provenance(FOLDER, how, figures, parameters)
    write_card(FOLDER, how, figures, parameters)
    held = figures['held_out']
    print(f'{FOLDER.name}: {parameters} parameters, held out {held["bits_per_byte"]:.3f} bits a byte, '
          f'token trigram {held["token_trigram_bits_per_byte"]:.3f}, heldout.txt {figures["heldout.txt"]}')


if __name__ == '__main__':
    main()
