"""What peft makes of soft prompts and prefixes, and float64 of adapters as the paper writes them, on the small random
BERT and GPT-2 of text_fixtures.py: logits, and gradients of what trains.

    python scripts/models/prompt_fixtures.py
"""

import torch
from peft import PrefixTuningConfig, PromptTuningConfig, TaskType, get_peft_model
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy, relu
from transformers import BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel

import common

TOKENS = 3
WIDTH = 5
FOLDER = common.SOURCES / 'methods' / 'fixtures'


def model_of(variant):
    folder = common.SOURCES / 'models' / ('gpt2' if variant == 'gpt2' else 'bert') / 'fixtures'
    config = common.read_json(folder / f'{variant}.json')
    fields = {k: v for k, v in config.items() if k not in ('architecture', 'model_type', 'classifier_pooling')}
    zero = dict.fromkeys(('hidden_dropout_prob', 'attention_probs_dropout_prob', 'embd_pdrop', 'attn_pdrop',
                          'resid_pdrop'), 0)
    model = (GPT2LMHeadModel(GPT2Config(**{**fields, **zero})) if variant == 'gpt2'
             else BertForSequenceClassification(BertConfig(**{**fields, **zero})))
    missing, unexpected = model.load_state_dict(load_file(folder / f'{variant}.safetensors'), strict=False)
    assert not unexpected and set(missing) <= {'lm_head.weight', 'bert.embeddings.position_ids'}, (missing, unexpected)
    expected = load_file(folder / f'{variant}-expected.safetensors')
    return model.double().eval(), expected


def inputs_of(variant, expected):
    ids, mask = expected['ids'].long(), expected['mask'].long()
    if variant == 'gpt2':
        return {'input_ids': ids}
    return {'input_ids': ids, 'attention_mask': mask, 'token_type_ids': expected['types'].long()}


def loss_of(variant, logits, expected):
    if variant != 'gpt2':
        return cross_entropy(logits, expected['labels'].long())
    keep = expected['mask'].bool()
    return cross_entropy(logits[keep], expected['targets'].long()[keep])


def drawn(shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def save(method, variant, weights, logits, gradients):
    tensors = {
        'logits': logits.detach().float(),
        **{f'weight/{name}': value.detach().float().contiguous() for name, value in weights.items()},
        **{f'gradient/{name}': value.float().contiguous() for name, value in gradients.items()},
    }
    common.save_tensors(FOLDER / f'{method}-{variant}.safetensors', tensors)
    print(method, variant, 'logits of deviation', round(float(logits.detach().std()), 2))


def by_peft(method, variant):
    model, expected = model_of(variant)
    task = TaskType.CAUSAL_LM if variant == 'gpt2' else TaskType.SEQ_CLS
    config = (PrefixTuningConfig if method == 'prefix' else PromptTuningConfig)(
        task_type=task, num_virtual_tokens=TOKENS)
    tuned = get_peft_model(model, config).double().eval()
    table = tuned.prompt_encoder.default.embedding.weight
    # rounded to float32, so that both begin with the same numbers
    table.data.copy_(drawn(table.shape, 11).float().double())
    logits = tuned(**inputs_of(variant, expected)).logits
    if variant == 'gpt2' and method == 'soft-prompt':
        logits = logits[:, TOKENS:]
    loss_of(variant, logits, expected).backward()
    if method == 'soft-prompt':
        names = {'prompt_embeddings': lambda t: t}
    else:
        width = model.config.hidden_size
        block = 'transformer.h.{}.attn' if variant == 'gpt2' else 'bert.encoder.layer.{}.attention.self'
        names = {
            f'{block.format(layer)}.prefix.{part}': lambda t, i=2 * layer + at: t[:, i * width:(i + 1) * width]
            for layer in range(model.config.num_hidden_layers)
            for at, part in enumerate(('keys', 'values'))
        }
    save(method, variant, {n: f(table) for n, f in names.items()}, logits, {n: f(table.grad) for n, f in names.items()})


def by_paper(variant):
    """h + up(relu(down(h))) after both projections of a block (Houlsby et al. 2019, section 2.1)."""
    model, expected = model_of(variant)
    ends = ('attn.c_proj', 'mlp.c_proj') if variant == 'gpt2' else ('output.dense',)
    weights = {}
    modules = dict(model.named_modules())
    for at, name in enumerate(n for n in modules if n.endswith(ends)):
        width = model.config.hidden_size
        shapes = {'down.weight': (WIDTH, width), 'down.bias': (WIDTH,), 'up.weight': (width, WIDTH), 'up.bias': (width,)}
        own = {part: (0.5 * drawn(shape, 100 * at + i)).float().double().requires_grad_()
               for i, (part, shape) in enumerate(shapes.items())}
        weights.update({f'{name}.adapter.{part}': value for part, value in own.items()})
        modules[name].register_forward_hook(
            lambda _, __, h, w=own: h + relu(h @ w['down.weight'].T + w['down.bias']) @ w['up.weight'].T + w['up.bias'])
    logits = model(**inputs_of(variant, expected)).logits
    loss_of(variant, logits, expected).backward()
    save('adapter', variant, weights, logits, {name: value.grad for name, value in weights.items()})


if __name__ == '__main__':
    for variant in ('gpt2', 'bert-cls'):
        by_paper(variant)
        for method in ('soft-prompt', 'prefix'):
            by_peft(method, variant)
