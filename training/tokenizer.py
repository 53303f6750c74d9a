"""Train the nano tokenizer: byte-level BPE, every digit a token of its own.

``python -m octavo.training.tokenizer ASSETS OUT/tokenizer.json`` reads the text files of an assets folder.
"""

import argparse
import gzip
from collections.abc import Iterator
from pathlib import Path

import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

from ..language.tokenizer import SPECIAL_TOKENS

VOCAB_SIZE = 4096
MAX_CHARS_PER_FILE = 500_000  # so that no single corpus or language rules the merges
VARY_EVERY = (
    8  # every n-th line is learned in capitals (receipts shout), as a table row and as a paragraph too
)


def train_tokenizer(texts: Iterator[str], vocab_size: int = VOCAB_SIZE) -> tokenizers.Tokenizer:
    """A lossless byte-level BPE with DeepSeek-VL2's special tokens first."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            # words with a leading space, runs of punctuation, line breaks: no merge crosses them
            pre_tokenizers.Split(
                tokenizers.Regex(r" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]{1,4}|\s*\n|\s+"), behavior="isolated"
            ),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def read_texts(folder: Path) -> Iterator[str]:
    """Lines of every text file, gzipped or plain, below a folder: at most ``MAX_CHARS_PER_FILE`` of each."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".txt", ".jsonl", ".gz"}:
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
                taken = 0
                for number, line in enumerate(lines):
                    yield line
                    if number % VARY_EVERY == 0:
                        words = line.split()
                        yield line.upper() + "\n"
                        yield "| " + " | ".join(words[:6]) + " |\n|---|---|---|\n"
                        yield "\n".join(words[:4]).capitalize() + ':\n\n{"' + '": "'.join(words[:4]) + '", "'
                    taken += len(line)
                    if taken > MAX_CHARS_PER_FILE:
                        break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    train_tokenizer(read_texts(args.texts)).save(str(args.out))


if __name__ == "__main__":
    main()
