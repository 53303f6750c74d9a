"""Glyph labels: which characters stand in which patch, also after a warp."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from octavo.training.labels import glyph_ids, glyph_labels, place_boxes, random_theta, warp_boxes
from octavo.vision.glyphs import ALPHABET, BLANK, NUM_GLYPHS, SLOTS, UNKNOWN, glyph_char, glyph_id


def box(x: float, y: float, width: float = 4, height: float = 8) -> list[float]:
    """A box by its centre."""
    return [x - width / 2, y - height / 2, x + width / 2, y + height / 2]


def patch_text(labels: np.ndarray, row: int, col: int) -> str:
    return "".join(glyph_char(int(i)) for i in labels[row, col])


def slow_labels(chars: str, boxes: np.ndarray, height: int, width: int) -> np.ndarray:
    """The readable twin: one character at a time."""
    patches: dict[tuple[int, int], list[tuple[float, float, float, str]]] = {}
    for char, (x0, y0, x1, y1) in zip(chars, boxes, strict=True):
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if 0 <= x < width and 0 <= y < height:
            patches.setdefault((int(y // 16), int(x // 16)), []).append((y, x, y1 - y0, char))
    labels = np.full((height // 16, width // 16, SLOTS), BLANK)
    for where, members in patches.items():
        members.sort(key=lambda member: member[0])
        tallest = max(member[2] for member in members)
        row, rows = 0, []
        for before, member in zip([members[0], *members], members, strict=False):
            row += member[0] - before[0] > tallest / 2
            rows.append((row, member[1], member[3]))
        for slot, (_, _, char) in enumerate(sorted(rows)[:SLOTS]):
            labels[where][slot] = glyph_id(char)
    return labels


def test_glyph_ids_agree_with_the_alphabet():
    assert glyph_ids(ALPHABET).tolist() == [glyph_id(character) for character in ALPHABET]
    assert glyph_ids("漢😀").tolist() == [UNKNOWN, UNKNOWN]
    assert int(glyph_ids(ALPHABET).max()) == NUM_GLYPHS - 1


def test_characters_go_to_the_patch_of_their_centre_in_reading_order():
    boxes = np.array([box(20, 8), box(17, 8.5), box(30, 7.5), box(2, 8)], dtype=np.float32)
    labels = glyph_labels("bacX", boxes, 32, 48)
    assert labels.shape == (2, 3, SLOTS)
    assert patch_text(labels, 0, 1) == "abc"
    assert patch_text(labels, 0, 0) == "X"
    assert (labels[1] == BLANK).all()


def test_upper_text_row_of_a_patch_comes_first():
    boxes = np.array([box(4, 13), box(12, 13), box(10, 3), box(3, 3.5)], dtype=np.float32)
    assert patch_text(glyph_labels("cdba", boxes, 16, 16), 0, 0) == "abcd"


def test_low_comma_stays_in_its_text_row():
    boxes = np.array([box(3, 8, height=10), box(8, 12, 2, 3), box(13, 8, height=10)], dtype=np.float32)
    assert patch_text(glyph_labels("1,5", boxes, 16, 16), 0, 0) == "1,5"


def test_fifth_character_of_a_patch_and_those_off_the_canvas_are_dropped():
    boxes = np.array([box(2 + 3 * i, 8, 3) for i in range(5)] + [box(-1, 8), box(8, 16)], dtype=np.float32)
    labels = glyph_labels("abcdeXY", boxes, 16, 16)
    assert patch_text(labels, 0, 0) == "abcd"


def test_no_characters_give_blank_labels_and_bad_sizes_raise():
    assert (glyph_labels("", np.zeros((0, 4), np.float32), 32, 32) == BLANK).all()
    with pytest.raises(ValueError, match="1 characters"):
        glyph_labels("a", np.zeros((0, 4), np.float32), 32, 32)
    with pytest.raises(ValueError, match="16-px patch"):
        glyph_labels("", np.zeros((0, 4), np.float32), 30, 32)


def test_equals_the_slow_twin_on_a_crowded_page():
    rng = np.random.default_rng(0)
    n = 3_000
    x, y, height = rng.uniform(-5, 389, n), rng.uniform(-5, 389, n), rng.uniform(3, 20, n)
    boxes = np.stack([x - 3, y - height / 2, x + 3, y + height / 2], axis=1)  # float64: ties are impossible
    chars = "".join(rng.choice(list(ALPHABET), n))
    np.testing.assert_array_equal(glyph_labels(chars, boxes, 384, 384), slow_labels(chars, boxes, 384, 384))


def test_place_boxes_fills_the_content():
    placed = place_boxes(np.array([[0, 0, 1, 1], [0.5, 0.25, 0.5, 0.5]], np.float32), (10, 20, 110, 220))
    np.testing.assert_allclose(placed, [[10, 20, 110, 220], [60, 70, 60, 120]])


@pytest.mark.parametrize("seed", range(5))
def test_warped_boxes_are_where_grid_sample_puts_the_pixels(seed):
    rng = np.random.default_rng(seed)
    height, width = 96, 160
    theta = random_theta(rng, height, width)
    canvas = torch.zeros(1, 1, height, width)
    x0, y0 = 30 + 12 * seed, 40
    canvas[..., y0 : y0 + 9, x0 : x0 + 7] = 1
    grid = F.affine_grid(torch.from_numpy(theta)[None], [1, 1, height, width], align_corners=False)
    seen = F.grid_sample(canvas, grid, align_corners=False)[0, 0]
    moved = warp_boxes(np.array([[x0, y0, x0 + 7, y0 + 9]], np.float32), theta, height, width)[0]
    down, across = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    center = (float((seen * across).sum() / seen.sum()), float((seen * down).sum() / seen.sum()))
    assert center == pytest.approx(((moved[0] + moved[2]) / 2, (moved[1] + moved[3]) / 2), abs=0.1)
    assert moved[2] - moved[0] == pytest.approx(7, abs=0.6)


@pytest.mark.parametrize("size", [(1152, 1536), (640, 1500), (1100, 700)])
def test_random_warps_keep_the_page_in_its_place(size):
    rng = np.random.default_rng(1)
    height, width = 1536, 1152
    x0, y0 = (width - size[0]) / 2, (height - size[1]) / 2
    x1, y1 = width - x0, height - y0
    inner = np.array([[x0 + 60, y0 + 60, x0 + 70, y0 + 75], [x1 - 70, y1 - 75, x1 - 60, y1 - 60]], np.float32)
    far = 0
    for _ in range(200):
        moved = warp_boxes(inner, random_theta(rng, height, width, size), height, width)
        far += np.abs(moved - inner).max() > 90
        assert (moved[:, 0] > x0 - 8).all()
        assert (moved[:, 1] > y0 - 8).all()
        assert (moved[:, 2] < x1 + 8).all()
        assert (moved[:, 3] < y1 + 8).all()
    assert 5 < far < 60  # photographs among the scans
