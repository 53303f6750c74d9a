"""Weights in pieces come back whole, and damage is noticed."""

import pytest

from octavo.language.initialize import new_model
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED
from octavo.training import snapshot

TOKENIZER = PRETRAINED / "nano" / "tokenizer.json"


@pytest.fixture
def pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "PIECE_BYTES", 500_000)
    model = new_model("debug", Tokenizer.from_file(TOKENIZER))
    snapshot.write_snapshot(model, tmp_path / "model", tmp_path / "pieces", note={"step": 3})
    return tmp_path / "pieces"


def test_pieces_join_to_the_same_file(pieces, tmp_path):
    assert len(list(pieces.glob("weights.*"))) > 1
    snapshot.join_snapshot(pieces, tmp_path / "again", TOKENIZER)
    for name in ("model.safetensors", "config.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "model" / name).read_bytes()


def test_a_damaged_piece_is_noticed(pieces, tmp_path):
    (pieces / "weights.01").write_bytes(b"x" * 500_000)
    with pytest.raises(ValueError, match="copy them again"):
        snapshot.join_snapshot(pieces, tmp_path / "again", TOKENIZER)
