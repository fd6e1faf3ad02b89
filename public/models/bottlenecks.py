"""Adapters (Houlsby et al. 2019) on a network whose own weights stay as they are. Needs torch and safetensors.

    from bottlenecks import add_bottlenecks
    add_bottlenecks(model, '.')       # the folder of method.json and method.safetensors

Each is x + up(relu(down(x))) on the last axis. It changes what a module gives, or, where `places` of method.json names a
module for it, what that module is given: there x [B, C, H, W] has its channels in the middle.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

END = ".adapter.down.weight"


class Bottleneck(torch.nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.down = torch.nn.Linear(width, inner)
        self.up = torch.nn.Linear(inner, width)

    def forward(self, x):
        """x [B, C, H, W] or [..., n * C], C the width -> the same shape."""
        if x.dim() == 4:
            h = x.movedim(1, -1)  # [B, H, W, C]
            return x + self.up(torch.relu(self.down(h))).movedim(-1, 1)
        h = x.unflatten(-1, (-1, self.down.in_features))  # [..., n, C]
        return x + self.up(torch.relu(self.down(h))).flatten(-2)


def add_bottlenecks(model, folder):
    """Puts them on `model` by hooks, and gives the model back. They are its submodules, so that they move and train with it."""
    folder = Path(folder)
    places = json.loads((folder / "method.json").read_text(encoding="utf-8")).get("places", {})
    tensors = load_file(folder / "method.safetensors")
    modules = dict(model.named_modules())
    own = model.bottlenecks = torch.nn.ModuleList()
    for name in [key.removesuffix(END) for key in tensors if key.endswith(END)]:
        parts = {key: tensors[f"{name}.adapter.{key}"] for key in ("down.weight", "down.bias", "up.weight", "up.bias")}
        inner, width = parts["down.weight"].shape
        bottleneck = Bottleneck(width, inner)
        bottleneck.load_state_dict(parts)
        own.append(bottleneck)
        if name in places:
            modules[places[name]].register_forward_pre_hook(lambda _, args, own=bottleneck: (own(args[0]), *args[1:]))
        else:
            modules[name].register_forward_hook(lambda _, __, x, own=bottleneck: own(x))
    return model
