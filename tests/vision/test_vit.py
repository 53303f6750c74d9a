"""The ViT against timm's, which it replaces, and what it must not bring along."""

import json
import subprocess
import sys

import pytest
import timm.models.vision_transformer as timms
import torch

from octavo.vision.vit import VisionTransformer


def pair(act="gelu_tanh"):
    ours = VisionTransformer(64, 16, 48, 3, 4, 179, act)
    theirs = timms.VisionTransformer(
        img_size=64, patch_size=16, embed_dim=48, depth=3, num_heads=4, mlp_ratio=179.5 / 48, act_layer=act,
        class_token=False, global_pool="", num_classes=0,
    )  # fmt: skip
    return ours, theirs


@pytest.mark.parametrize("act", ["gelu", "gelu_tanh"])
def test_features_and_gradients_are_timms_with_the_same_weights(act):
    ours, theirs = pair(act)
    for weight in theirs.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    ours.load_state_dict(theirs.state_dict())
    pixels = torch.rand(2, 3, 64, 64) * 2 - 1
    out, wanted = ours(pixels), theirs.forward_features(pixels)
    assert wanted.std() > 0.05  # something to compare
    torch.testing.assert_close(out, wanted, atol=1e-5, rtol=1e-4)
    out.square().sum().backward()
    wanted.square().sum().backward()
    names = dict(theirs.named_parameters())
    for name, weight in ours.named_parameters():
        torch.testing.assert_close(weight.grad, names[name].grad, atol=1e-3, rtol=1e-3)


def test_random_weights_are_spread_as_timms():
    ours, theirs = ({name: w.detach() for name, w in model.named_parameters()} for model in pair())
    for name, weight in ours.items():
        if weight.numel() > 1000:
            assert float(weight.std()) == pytest.approx(float(theirs[name].std()), rel=0.15), name
        else:
            assert float(weight.mean()) == pytest.approx(float(theirs[name].mean()), abs=0.05), name


def test_what_cannot_be_built_is_said():
    with pytest.raises(ValueError, match="5 heads do not divide a width of 48"):
        VisionTransformer(64, 16, 48, 1, 5, 96, "gelu")
    with pytest.raises(ValueError, match="'relu' is not known: gelu, gelu_tanh"):
        VisionTransformer(64, 16, 48, 1, 4, 96, "relu")


def test_a_reader_does_without_timm_torchvision_and_torchs_compiler():
    """They cost every process two seconds and 190 MB."""
    code = (
        "import json, sys\n"
        "from PIL import Image\n"
        "from octavo.language.vlm import VisionLanguageModel\n"
        "model = VisionLanguageModel.from_pretrained('nano')\n"
        "model.answer(model.open_page(Image.new('RGB', (500, 700), 'white')), 'What is the total?')\n"
        "heavy = {'timm', 'torchvision', 'torch._dynamo', 'sympy'}\n"
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout.splitlines()[-1]) == []
