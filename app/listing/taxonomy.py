"""The categories that we know: names in five languages, Google's product category and Amazon's product type.

They are the rows of ``categories.tsv``. Google's paths are those of its taxonomy of 2021-09-21, the newest
that there is; Shopify's importer takes them too. A category that the table does not have stays what the model
or the seller called it and maps to nothing.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..channels.text import stem, words

TABLE = Path(__file__).with_name("categories.tsv")
LANGUAGES = ("en", "de", "fr", "es", "zh")  # in the order of the columns


@dataclass(frozen=True)
class Category:
    """``names``: language → what it is called in copy. ``keyword``: Amazon's way to write one."""

    names: dict[str, str]
    google: str
    amazon: str

    @property
    def keyword(self) -> str:
        """Words in lower case joined by hyphens."""
        return "-".join(words(self.names["en"]))


@cache
def categories() -> dict[tuple[str, ...], Category]:
    """Stems of every name and alias → category."""
    table: dict[tuple[str, ...], Category] = {}
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    for google, amazon, english, *others in rows:
        aliases = [alias.strip() for alias in english.split(",")]
        names = dict(zip(LANGUAGES, (aliases[0], *others), strict=True))
        category = Category(names, google, amazon)
        for alias in (*aliases, *names.values()):
            table.setdefault(_key(alias), category)
    return table


def find_category(text: str) -> Category | None:
    """The category that a name means, whatever its number, case and punctuation; None for an unknown one."""
    return categories().get(_key(text))


def _key(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text.replace("-", " ")))
