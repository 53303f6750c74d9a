"""Weights that saw every patch go on as weights that leave out blank ones."""

from dataclasses import replace

import pytest
import torch

from octavo.language.vlm import VisionLanguageModel
from octavo.training.blank import main, mean_blank, that_skips
from octavo.vision.blank import looked_at, printed_patches


@pytest.fixture
def seeing_all(tiny_model):
    config = tiny_model.config
    encoder = replace(config.vision.encoder, blank_span=0)
    model = VisionLanguageModel(
        replace(config, vision=replace(config.vision, encoder=encoder)), tiny_model.tokenizer
    )
    model.load_state_dict({k: v for k, v in tiny_model.state_dict().items() if k != "vision.encoder.blank"})
    return model.requires_grad_(False)


def half_bare(count):
    tiles = torch.full((count, 3, 384, 384), 240, dtype=torch.uint8)
    tiles[:, :, :192] = torch.randint(0, 255, (count, 3, 192, 384), dtype=torch.uint8)
    return tiles


def test_the_feature_is_the_mean_of_what_would_be_left_out(seeing_all):
    pages = [half_bare(2), half_bare(1)]
    wanted = []
    for tiles in pages:
        looked = looked_at(printed_patches(tiles, 16, 16))
        wanted.append(seeing_all.vision.encoder(tiles)[~looked.mask])
    torch.testing.assert_close(mean_blank(seeing_all, pages, 16), torch.cat(wanted).mean(0))


def test_pages_without_bare_paper_have_no_mean(seeing_all):
    with pytest.raises(ValueError, match="none of these pages has a blank patch"):
        mean_blank(seeing_all, [torch.randint(0, 255, (1, 3, 384, 384), dtype=torch.uint8)], 16)


def test_everything_else_stays(seeing_all):
    blank = torch.arange(64.0)
    model = that_skips(seeing_all, blank, 16)
    assert model.config.vision.encoder.blank_span == 16
    assert torch.equal(model.vision.encoder.blank, blank)
    assert model.config.vision.projector.leave_out_blank
    tiles = half_bare(1)
    assert torch.equal(model.vision.encoder(tiles), seeing_all.vision.encoder(tiles))
    looked = looked_at(printed_patches(tiles, 16, 16))
    assert not torch.equal(model.vision.encoder(tiles, looked), model.vision.encoder(tiles))


def test_shipped_weights_are_told_to_leave_out_cells_and_stay_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["blank", "nano", str(tmp_path / "out")])
    main()
    before, after = (
        VisionLanguageModel.from_pretrained(f, dtype=torch.float32) for f in ("nano", tmp_path / "out")
    )
    assert after.config.vision.projector.leave_out_blank
    assert after.config.vision.encoder == before.config.vision.encoder
    kept = after.state_dict()
    assert all(
        torch.equal(kept[name], weight.bfloat16().float()) for name, weight in before.state_dict().items()
    )
