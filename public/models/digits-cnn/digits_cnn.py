"""DigitsCnn: a small convolutional network for 28 x 28 grey pictures, in PyTorch.

    import torch
    from safetensors.torch import load_file
    from digits_cnn import DigitsCnn

    model = DigitsCnn(num_labels=10)
    model.load_state_dict({name: w.float() for name, w in load_file('model.safetensors').items()})
    logits = model.eval()(x)        # x: [B, 1, 28, 28], normalised as preprocessor_config.json says
"""

from torch import nn
from torch.nn.functional import relu


class DigitsCnn(nn.Module):
    """Four 3 x 3 convolutions, the last three with stride 2, then two linear layers.

    Padding is 1 on every side, also where the stride is 2. (TensorFlow's `SAME` would pad an even size on the right
    and bottom only, and give other numbers.) Features are flattened in the order height, width, channel, as
    frameworks that keep channels last do, so `fc1.weight` means the same in them.

    num_labels: size of the output; channels: of the input; widths: of conv1..conv4; hidden: of fc1.
    """

    def __init__(self, num_labels=10, channels=1, widths=(16, 32, 64, 64), hidden=48):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, widths[0], 3, stride=1, padding=1)
        self.conv2 = nn.Conv2d(widths[0], widths[1], 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(widths[1], widths[2], 3, stride=2, padding=1)
        self.conv4 = nn.Conv2d(widths[2], widths[3], 3, stride=2, padding=1)
        self.fc1 = nn.Linear(4 * 4 * widths[3], hidden)
        self.classifier = nn.Linear(hidden, num_labels)

    def forward(self, x):
        """x [B, channels, 28, 28] -> logits [B, num_labels]."""
        x = relu(self.conv1(x))  # [B, 16, 28, 28]
        x = relu(self.conv2(x))  # [B, 32, 14, 14]
        x = relu(self.conv3(x))  # [B, 64, 7, 7]
        x = relu(self.conv4(x))  # [B, 64, 4, 4]
        x = x.permute(0, 2, 3, 1).flatten(1)  # [B, 4 * 4 * 64], channels last
        x = relu(self.fc1(x))  # [B, 48]
        return self.classifier(x)  # [B, num_labels]
