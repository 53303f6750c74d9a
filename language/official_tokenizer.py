"""The tokenizer of official DeepSeek-VL2 checkpoints: what it lacks is added, turns end as they did there.

From ``deepseek-ai/DeepSeek-VL2``, ``processing_deepseek_vl_v2.py``: a ``tokenizer.json`` need not have the
special tokens, which the processor appends in a fixed order; the mark of the assistant's turn is
``<|Assistant|>:`` without a space behind it (``nano`` was trained with one).
"""

from pathlib import Path

import tokenizers

from .grounding import MARKUP
from .tokenizer import ASSISTANT, BOS, EOS, IMAGE, PAD, USER, Tokenizer

# In the order in which the reference appends those that the file does not have: their ids depend on it.
APPENDED = (PAD, IMAGE, *MARKUP, USER, ASSISTANT)


class OfficialTokenizer(Tokenizer):
    """:class:`Tokenizer` with the turns of DeepSeek-VL2's ``deepseek`` template; grounding marks are text."""

    turn_mark = ":"

    @classmethod
    def from_folder(
        cls, folder: Path, file: str = "tokenizer.json", rows: int | None = None
    ) -> "OfficialTokenizer":
        """The tokenizer of a checkpoint's folder. ``rows`` of the embedding bound its ids.

        Raises ``FileNotFoundError`` without a file, ``ValueError`` for one that is broken, that has no begin
        or end token, or that needs more ids than there are embeddings.
        """
        path = folder / file
        if not path.is_file():
            raise FileNotFoundError(f"the model folder {folder} has no {file}")
        try:
            inner = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"{path} is not a tokenizer ({error}); fetch it again") from error
        missing = [name for name in (BOS, EOS) if inner.token_to_id(name) is None]
        if missing:
            raise ValueError(f"{path} lacks {', '.join(missing)}; is it a DeepSeek-VL2 tokenizer?")
        lacking = [name for name in APPENDED if inner.token_to_id(name) is None]
        inner.add_special_tokens(
            [tokenizers.AddedToken(name, special=True, normalized=False) for name in lacking]
        )
        found = cls(inner)
        highest = max(found.special.values())
        if rows is not None and highest >= rows:
            raise ValueError(f"{path} has token ids up to {highest}, and the model has {rows} embeddings")
        return found

    def __init__(self, inner: tokenizers.Tokenizer) -> None:
        super().__init__(inner)
        self._special_ids -= {self.special[mark] for mark in MARKUP}  # boxes in an answer are to be read

    def question(self, prompt: str) -> list[int]:
        """What follows the image in a first turn: ``\\n{prompt}\\n\\n<|Assistant|>:``."""
        turn = self.encode(f"\n{prompt.strip()}\n\n", MARKUP)
        return [*turn, self.assistant, *self.encode(self.turn_mark)]

    def next_question(self, prompt: str) -> list[int]:
        """A later turn: ``<|User|>: {prompt}\\n\\n<|Assistant|>:``."""
        turn = self.encode(f": {prompt.strip()}\n\n", MARKUP)
        return [self.user, *turn, self.assistant, *self.encode(self.turn_mark)]
