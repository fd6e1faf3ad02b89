"""What peft makes of LoRA and (IA)3 on the small random BERT and GPT-2 of text_fixtures.py, and on a small network of
convolutions: logits, gradients of what trains, and the weights that it merges to.

    python scripts/models/layer_fixtures.py
"""

import torch
from peft import IA3Config, LoraConfig, get_peft_model
from torch import nn
from torch.nn.functional import cross_entropy, relu, relu6

import common
import prompt_fixtures as prompts

RANK = 3
ALPHA = 5
DOWN = r'.*layer\.\d+\.output\.dense'
# peft's own targets where it has some; BERT's `output.dense` alone would match attention's projection too
TARGETS = {
    ('lora', 'bert-cls'): dict(target_modules=['query', 'value']),
    ('lora', 'gpt2'): dict(target_modules=['c_attn'], fan_in_fan_out=True),
    ('lora', 'conv'): dict(target_modules=['stem', 'point', 'hidden']),
    ('ia3', 'bert-cls'): dict(target_modules=rf'.*\.self\.(key|value)|{DOWN}', feedforward_modules=DOWN),
    ('ia3', 'gpt2'): dict(target_modules=['c_attn', 'mlp.c_proj'], feedforward_modules=['mlp.c_proj'],
                          fan_in_fan_out=True),
    ('ia3', 'conv'): dict(target_modules=['stem', 'point', 'hidden'], feedforward_modules=[]),
}
HEADS = {'bert-cls': ['classifier', 'bert.pooler.dense'], 'gpt2': None, 'conv': ['classifier']}


class Convolutions(nn.Module):
    """A convolution with stride and one of a single pixel, each with batch normalisation, and two linear layers."""

    def __init__(self):
        super().__init__()
        self.stem, self.bn0 = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8)
        self.point, self.bn1 = nn.Conv2d(8, 12, 1, bias=False), nn.BatchNorm2d(12)
        self.hidden, self.classifier = nn.Linear(12, 10), nn.Linear(10, 3)

    def forward(self, pixels):
        """pixels [B, 3, H, W] -> logits [B, 3]."""
        x = relu6(self.bn0(self.stem(pixels)))
        x = relu6(self.bn1(self.point(x)))
        return self.classifier(relu(self.hidden(x.mean((2, 3)))))


def rounded(shape, seed):
    """Numbers that float32 has too."""
    return prompts.drawn(shape, seed).float().double()


def model_of(variant):
    """The model, its inputs, the loss of its logits, and what the test needs to make the same."""
    if variant != 'conv':
        model, expected = prompts.model_of(variant)
        return model, prompts.inputs_of(variant, expected), lambda logits: prompts.loss_of(variant, logits, expected), {}
    model = Convolutions().double().eval()
    for at, (name, value) in enumerate(model.state_dict().items()):
        if value.dim() == 0:
            continue
        drawn = 0.5 * rounded(value.shape, 500 + at)
        scale = name.startswith('bn') and name.endswith('weight')
        value.copy_(0.5 + drawn.abs() if name.endswith('running_var') else drawn + scale)
    pixels = rounded((3, 3, 8, 8), 499)
    labels = torch.tensor([0, 1, 2])
    base = {f'base/{name}': value.float().contiguous() for name, value in model.state_dict().items() if value.dim() > 0}
    arrays = {'pixels': pixels.permute(0, 2, 3, 1).float().contiguous(), 'labels': labels.to(torch.int32), **base}
    return model, {'pixels': pixels}, lambda logits: cross_entropy(logits, labels), arrays


def plain(name):
    """The weight's name without peft's wrappers."""
    for part in ('base_model.model.', '.modules_to_save', '.default', '.base_layer'):
        name = name.replace(part, '')
    return name


def write(method, variant):
    model, inputs, loss_of, arrays = model_of(variant)
    fields = dict(modules_to_save=HEADS[variant], **TARGETS[method, variant])
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, **fields) if method == 'lora' else IA3Config(**fields)
    tuned = get_peft_model(model, config).double().eval()
    trained = {name: value for name, value in tuned.named_parameters() if value.requires_grad}
    own = {name: value for name, value in trained.items() if 'lora_' in name or 'ia3_' in name}
    for at, value in enumerate(own.values()):
        value.data.copy_(0.4 * rounded(value.shape, 700 + at) + (method == 'ia3'))
    output = tuned(**inputs)
    logits = output if variant == 'conv' else output.logits
    loss_of(logits).backward()
    with torch.no_grad():
        before = model_of(variant)[0].state_dict()
        whole = tuned.merge_and_unload()
        again = whole(**inputs)
        gap = ((again if variant == 'conv' else again.logits) - logits).abs().max()
        assert gap < 1e-9, gap
        moved = {name: value for name, value in whole.state_dict().items()
                 if name in before and not torch.equal(value, before[name])}
    common.save_tensors(prompts.FOLDER / f'{method}-{variant}.safetensors', {
        **arrays,
        'logits': logits.detach().float(),
        **{f'weight/{plain(name)}': value.detach().float().contiguous() for name, value in own.items()},
        **{f'gradient/{plain(name)}': value.grad.float().contiguous() for name, value in trained.items()},
        **{f'merged/{name}': value.float().contiguous() for name, value in moved.items()},
    })
    print(method, variant, len(own), 'of its own,', len(trained), 'trained,', len(moved), 'merged')


if __name__ == '__main__':
    for method, variant in TARGETS:
        write(method, variant)
