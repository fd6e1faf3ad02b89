"""Writes src/models/*/fixtures/saliency.json: Grad-CAM (Selvaraju et al. 2017) by PyTorch.

    python scripts/models/saliency_fixtures.py

Pictures are those of `logits.safetensors` beside it. The activation is what leaves the last layer whose output has a
height and a width, as the engine's stages divide the network; weights are those of `model.safetensors`, everything is
computed in float64.
"""

import torch
from safetensors.torch import load_file
from torch.nn.functional import interpolate, relu

import common
import digits_cnn
import efficientnet_lite0
from preprocess import normalise


def grad_cam(activation, logits, label):
    """[h, w] before normalisation: ReLU(sum over k of alpha_k A_k), alpha the mean gradient of the label's logit."""
    (gradient,) = torch.autograd.grad(logits[0, label], activation)
    alpha = gradient.mean(dim=(2, 3), keepdim=True)
    return relu((alpha * activation).sum(dim=1)).detach()[0]


def digits(model, x):
    """What `DigitsCnn.forward` does, in two parts: behind the last ReLU of [B, 64, 4, 4], and the logits."""
    for layer in (model.conv1, model.conv2, model.conv3, model.conv4):
        x = relu(layer(x))
    flat = x.permute(0, 2, 3, 1).flatten(1)
    return x, model.classifier(relu(model.fc1(flat)))


def efficientnet(model, x):
    """Behind the last block, [B, 320, 7, 7], and the logits."""
    kept = []
    handle = model._blocks[-1].register_forward_hook(lambda _module, _input, output: kept.append(output))
    logits = model(x)
    handle.remove()
    return kept[0], logits


def write(architecture, folder, config, model, parts, cases):
    target = common.SOURCES / 'models' / architecture / 'fixtures'
    pixels = load_file(target / 'logits.safetensors')['pixels'].numpy()
    maps = []
    for picture, label in cases:
        x = normalise(pixels[picture : picture + 1], config).double()
        cam_map = grad_cam(*parts(model, x), label)
        greatest = float(cam_map.max())
        if greatest > 0:
            cam_map = cam_map / greatest
        size = config['size']['height']
        large = interpolate(cam_map[None, None], size=(size, size), mode='bilinear', align_corners=False)
        maps.append({
            'picture': picture,
            'label': label,
            'greatest': greatest,
            'map': [[round(float(v), 8) for v in row] for row in cam_map],
            'upsampled': common.summary(large[0, 0], 40),
        })
    common.write_text(target / 'saliency.json', common.compact({'cases': maps}) + '\n')
    print(architecture, [round(m['greatest'], 4) for m in maps])


def weights(folder):
    return {name: tensor.double() for name, tensor in load_file(folder / 'model.safetensors').items()}


def main():
    model = digits_cnn.build(weights(digits_cnn.FOLDER))
    cases = [(0, 0), (3, 3), (4, 4), (4, 9), (7, 1)]
    write('digits-cnn', digits_cnn.FOLDER, digits_cnn.PREPROCESSOR, model, digits, cases)
    model = efficientnet_lite0.build(weights(efficientnet_lite0.FOLDER))
    cases = [(3, 281), (5, 654)]
    write('efficientnet-lite', efficientnet_lite0.FOLDER, efficientnet_lite0.PREPROCESSOR, model, efficientnet, cases)


if __name__ == '__main__':
    main()
