"""Text as channels count and compare it: characters, bytes, words, and what no field may hold."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, reduce

# Chinese is written without spaces: its characters do not tell where a word begins.
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAN_RUN = re.compile(rf"[{HAN}]+")
FULL_WIDTH = "、。，！？；：（）《》【】"  # marks that bring their own space with them
# A run of Chinese; or letters and marks of one word, with a hyphen or an apostrophe between letters.
WORD = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:['’\-][^\W_{HAN}]+)*")
SPACES = re.compile(r"\s+")
TAG = re.compile(r"<[^<>]{0,300}>|&(?:[a-zA-Z]{2,10}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
CONTACT = re.compile(
    r"https?:|www\.|\b[\w.+-]{1,64}@[\w-]{1,64}\.\w|\b[\w-]{2,63}\.(?:com|net|org|info|shop|store|de|fr|es|uk)\b"
    r"|(?:\+|\b00)\d[\d \-/]{6,}\d|\(\d{2,5}\)[ \-]?\d{3}",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])(?=[^\s。！？”’」』）])|\n+")
# Joiners belong to emoji, which no channel wants; the other format characters steer a terminal.
UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
EMOJI = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\ufe00-\ufe0f\u20e3\U0001f000-\U0001faff\U000e0000-\U000e007f]"
)
# Words that do not count as repeated: "articles, prepositions and conjunctions" of the languages we write.
SMALL_WORDS = frozenset(
    "a an the and or nor but of in on at to for from by with without as is are it its this that into per via "
    "der die das den dem des ein eine einen einem einer und oder aber von in im an am auf zu zum zur für mit "
    "ohne aus bei nach als le la les l un une des de du d et ou mais en dans sur à au aux pour par avec sans "
    "el los las uno unos unas y e o u del al con sin por para".split()
)


def clean(text: str, keep_lines: bool = False) -> str:
    """NFC, no control, format, private or unassigned characters, single spaces; line breaks only if kept."""
    text = unicodedata.normalize("NFC", text)
    kept = []
    for char in text:
        if char in "\n\r\t" or unicodedata.category(char) in ("Zl", "Zp"):
            kept.append("\n" if char != "\t" and keep_lines else " ")
        elif unicodedata.category(char) not in UNWANTED:
            kept.append(char)
    lines = (SPACES.sub(" ", line).strip() for line in "".join(kept).split("\n"))
    # Taking a character out can bring two together that compose: the form is settled once more at the end.
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))


def chars(text: str) -> int:
    """Length in UTF-16 units: what the strictest importers count. It is never less than the code points."""
    return len(text) + sum(ord(char) > 0xFFFF for char in text)


def octets(text: str) -> int:
    """Length in UTF-8 bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def words(text: str) -> list[str]:
    """The words of a text in the form in which they are compared; for Chinese see :func:`pieces`."""
    return [piece for match in WORD.findall(text) for piece in pieces(match)]


def pieces(word: str) -> list[str]:
    """What a match of ``WORD`` is compared by: itself, or of Chinese every two neighbouring characters.

    Without a dictionary that is what search engines do (Lucene's ``CJKBigramFilter``): a word of two or more
    characters that is there twice gives a pair that is there twice. The other way round it may err: 篮球鞋
    and 足球鞋 share a pair as "basketball shoes" and "football shoes" share a word.
    """
    if len(word) > 1 and HAN_RUN.fullmatch(word):
        return [word[start : start + 2] for start in range(len(word) - 1)]
    return [word.casefold()]


def glue(parts: Iterable[str]) -> str:
    """Pieces of prose as one text: a space between them, none where Chinese needs none."""
    return reduce(lambda left, right: left + gap(left, right) + right, filter(None, parts), "")


def gap(left: str, right: str) -> str:
    """What stands between two pieces of prose: nothing between Chinese and beside a full-width mark."""
    if not left or not right or left[-1] in FULL_WIDTH or right[0] in FULL_WIDTH:
        return ""
    return "" if HAN_RUN.match(left[-1]) and HAN_RUN.match(right[0]) else " "


def stem(word: str) -> str:
    """A word without the endings of plural and possession, so that "shoe" and "shoes" count as the same."""
    word = word.removesuffix("'s").removesuffix("’s")
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending) + instead
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the spaces between them."""
    return [part.strip() for part in SENTENCE.split(text) if part and part.strip()]


def shout(text: str) -> list[str]:
    """Words of four or more letters in capitals only: shouting, unless the whole script has no case."""
    return [word for word in WORD.findall(text) if len(word) >= 4 and word.isupper() and word.isalpha()]


@cache
def any_phrase(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of the phrases, whatever its case and the spaces in it: on its own, or in Chinese,
    where nothing says what stands on its own, anywhere.
    """
    apart = [phrase for phrase in phrases if not HAN_RUN.match(phrase)]
    inner = "|".join(r"\W+".join(re.escape(word) for word in phrase.split()) for phrase in apart)
    either = [rf"(?<![^\W{HAN}])(?:{inner})(?![^\W{HAN}])"] if apart else []
    either += [re.escape(phrase) for phrase in phrases if HAN_RUN.match(phrase)]
    return re.compile("|".join(either), re.IGNORECASE)


def cut(text: str, limit: int, length: object = chars) -> str:
    """The longest beginning of at most ``limit`` that ends at a word, never inside a character."""
    measure = octets if length is octets else chars
    if measure(text) <= limit:
        return text
    end, size = 0, 0
    for index, char in enumerate(text):
        size += measure(char)
        if size > limit:
            break
        end = index + 1
    while end and end < len(text) and unicodedata.combining(text[end]):
        end -= 1
    head = text[:end]
    if end < len(text) and head and not _may_part(head[-1], text[end]):
        shorter = head.rsplit(None, 1)[0] if len(head.split()) > 1 else head
        head = shorter if any(char.isspace() for char in head.strip()) else head
    return head.rstrip(" \n,;:-–—/&|、，；：")


def _may_part(left: str, right: str) -> bool:
    """Whether a text may end between two characters: at a space, and anywhere in Chinese."""
    return any(char.isspace() or char in FULL_WIDTH or HAN_RUN.match(char) for char in (left, right))
