"""Text ↔ token ids. A thin skin over ``tokenizers`` that never turns untrusted text into special tokens.

Special tokens carry DeepSeek-VL2's names, so prompts look the same with the official checkpoints.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import tokenizers

BOS, EOS, PAD = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"
IMAGE, USER, ASSISTANT = "<image>", "<|User|>", "<|Assistant|>"
SPECIAL_TOKENS = (
    *(BOS, EOS, PAD, IMAGE, USER, ASSISTANT),
    *("<|ref|>", "<|/ref|>", "<|det|>", "<|/det|>", "<|grounding|>"),
)


class Tokenizer:
    """Byte-level BPE. ``bos``, ``eos``, ``pad``, ``image``, ``user``, ``assistant`` are token ids."""

    turn_mark = ": "  # between ``<|Assistant|>`` and the answer

    def __init__(self, inner: tokenizers.Tokenizer) -> None:
        self.inner = inner
        self.inner.encode_special_tokens = True  # "<image>" typed by a user stays plain characters
        self.special = {name: self._id(name) for name in SPECIAL_TOKENS}
        self.bos, self.eos, self.pad = self.special[BOS], self.special[EOS], self.special[PAD]
        self.image, self.user, self.assistant = (
            self.special[IMAGE],
            self.special[USER],
            self.special[ASSISTANT],
        )
        self._special_ids = set(self.special.values())

    def _id(self, token: str) -> int:
        found = self.inner.token_to_id(token)
        if found is None:
            raise ValueError(
                f"the tokenizer lacks the special token {token!r}; is tokenizer.json a VL2-style one?"
            )
        return found

    @classmethod
    def from_file(cls, path: str | Path) -> "Tokenizer":
        """Raises ``FileNotFoundError`` with the path when there is none."""
        if not Path(path).is_file():
            raise FileNotFoundError(f"no tokenizer at {path}")
        return cls(tokenizers.Tokenizer.from_file(str(path)))

    def __len__(self) -> int:
        return self.inner.get_vocab_size()

    def encode(self, text: str, special: Sequence[str] = ()) -> list[int]:
        """Ids of plain text; nothing is added, and of the special tokens only ``special`` are recognised."""
        if special and (parts := re.split(f"({'|'.join(map(re.escape, special))})", text))[1:]:
            whole = ([self.special[part]] if part in special else self.encode(part) for part in parts)
            return [token for ids in whole for token in ids]
        return self.inner.encode(text, add_special_tokens=False).ids

    def decode(self, ids: Sequence[int]) -> str:
        """Plain text; special tokens are left out, broken UTF-8 becomes U+FFFD."""
        return self.inner.decode([i for i in ids if i not in self._special_ids], skip_special_tokens=False)

    def question(self, prompt: str) -> list[int]:
        """What follows the image in a first turn: ``\\n{prompt}\\n\\n<|Assistant|>:``."""
        return [*self.encode(f"\n{prompt}\n\n"), self.assistant, *self.encode(self.turn_mark)]

    def next_question(self, prompt: str) -> list[int]:
        """A later turn: ``<|User|>: {prompt}\\n\\n<|Assistant|>:``."""
        return [self.user, *self.encode(f": {prompt}\n\n"), self.assistant, *self.encode(self.turn_mark)]

    @property
    def before_image(self) -> list[int]:
        """What precedes the image: ``<bos><|User|>: ``."""
        return [self.bos, self.user, *self.encode(": ")]


class StreamDecoder:
    """Ids one by one → text pieces that are whole characters and concatenate to the text."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []

    def push(self, token: int) -> str:
        """The new text that this token completes; empty inside a multi-byte character."""
        self._ids.append(token)
        text = self._tokenizer.decode(self._ids)
        if text.endswith("\ufffd"):
            return ""
        self._ids = []  # start afresh: a byte-level decoder needs no context across whole characters
        return text

    def flush(self) -> str:
        """What is left at the end, broken bytes included."""
        return self._tokenizer.decode(self._ids) if self._ids else ""
