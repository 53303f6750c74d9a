"""Synthetic documents with exact ground truth: ``make_page`` and ``make_tile`` over a ``World`` of fonts and
texts.
"""

from .generate import KINDS, make_page, make_tile
from .page import Field, Question, SyntheticPage
from .world import World

__all__ = ["KINDS", "Field", "Question", "SyntheticPage", "World", "make_page", "make_tile"]
