"""The glyph alphabet and the map that is read off the head's logits."""

import numpy as np
import torch

from octavo.vision.glyphs import (
    ALPHABET,
    BLANK,
    NUM_GLYPHS,
    SLOTS,
    UNKNOWN,
    GlyphHead,
    GlyphMap,
    glyph_char,
    glyph_id,
)


def test_every_character_of_the_alphabet_comes_back_and_stands_once():
    assert len(set(ALPHABET)) == len(ALPHABET) == NUM_GLYPHS - 2
    assert all(glyph_char(glyph_id(character)) == character for character in ALPHABET)


def test_blank_is_nothing_and_foreign_characters_are_marked():
    assert glyph_char(BLANK) == ""
    assert glyph_id("日") == UNKNOWN and glyph_char(UNKNOWN) == "\ufffd"


def test_a_map_reads_its_rows_from_left_to_right():
    logits = torch.zeros(1, 3, SLOTS, NUM_GLYPHS)
    for column, word in enumerate(["Oc", "", "tavo"]):
        for slot in range(SLOTS):
            logits[0, column, slot, glyph_id(word[slot]) if slot < len(word) else BLANK] = 20.0
    glyphs = GlyphMap.read(torch.nn.Identity(), logits, 16)
    assert glyphs.row_text(0) == "Octavo"
    assert glyphs.probs.shape == (1, 3, SLOTS) and glyphs.probs.min() > 0.99


def test_only_patches_that_are_looked_at_are_read():
    head, patches = GlyphHead(8), torch.randn(20, 15, 8)
    looked = torch.rand(20, 15) < 0.4
    with torch.inference_mode():
        whole, some = GlyphMap.read(head, patches, 16), GlyphMap.read(head, patches, 16, looked)
        bare = GlyphMap.read(head, patches, 16, torch.zeros_like(looked))
    assert np.array_equal(some.ids[looked], whole.ids[looked]) and whole.ids[~looked.numpy()].any()
    assert np.allclose(some.probs[looked], whole.probs[looked], atol=1e-5)
    assert not some.ids[~looked.numpy()].any() and not bare.ids.any()


def test_the_head_names_a_glyph_for_every_slot():
    assert GlyphHead(8)(torch.randn(2, 5, 8)).shape == (2, 5, SLOTS, NUM_GLYPHS)
