"""Broken PDFs from good ones, the same for the same seed: bytes that rot, and structure that lies.

``mutate(data, rng)`` applies one to three mutations. Byte mutations know nothing of the format; structural
ones aim at what readers trust: lengths, counts, references, trees, filters, page sizes, tables of offsets.
"""

import random
import re
import zlib
from collections.abc import Callable
from functools import lru_cache

Mutation = Callable[[bytes, random.Random], bytes]
OBJECT = re.compile(rb"(\d+) 0 obj")
REFERENCE = re.compile(rb"(\d+) 0 R")
NUMBER = re.compile(rb"(?<![\w.])\d+(?![\w.])")
NAME = re.compile(rb"/[A-Za-z]+")
BOX = re.compile(rb"/MediaBox\s*\[[^\]]*\]")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.S)
KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
BOXES = (
    b"[0 0 1e9 1e9]",
    b"[0 0 -10 -10]",
    b"[0 0 0 0]",
    b"[nan nan inf inf]",
    b"[0 0 1]",
    b"[0 0 99999999999999999999 1]",
    b"[0 0 0.0001 90000]",
    b"null",
)
NUMBERS = tuple(b"0 -1 2147483647 2147483648 99999999999999999999 1e400 null 536870913".split())
FILTERS = tuple(b"/LZWDecode /ASCII85Decode /DCTDecode /JBIG2Decode /JPXDecode /CCITTFaxDecode".split())
BOMB_MB = 64  # what the bomb's two layers of Flate grow to


def mutate(data: bytes, rng: random.Random) -> bytes:
    """``data`` after one to three mutations."""
    for _ in range(rng.randint(1, 3)):
        data = rng.choice(MUTATIONS)(data, rng)
    return data


def _spot(data: bytes, rng: random.Random) -> int:
    return rng.randrange(max(1, len(data)))


def _replace_match(pattern: re.Pattern[bytes], new: bytes, data: bytes, rng: random.Random) -> bytes:
    matches = list(pattern.finditer(data))
    if not matches:
        return data
    match = rng.choice(matches)
    return data[: match.start()] + new + data[match.end() :]


def flip_bits(data: bytes, rng: random.Random) -> bytes:
    """Up to forty bits are turned over."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 40)):
        changed[_spot(data, rng) % max(1, len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut_off(data: bytes, rng: random.Random) -> bytes:
    """The end is missing."""
    return data[: _spot(data, rng) + 1]


def drop_part(data: bytes, rng: random.Random) -> bytes:
    """A part in the middle is missing."""
    start = _spot(data, rng)
    return data[:start] + data[start + rng.randint(1, 2000) :]


def repeat_part(data: bytes, rng: random.Random) -> bytes:
    """A part stands there many times."""
    start = _spot(data, rng)
    return data[:start] + data[start : start + rng.randint(1, 500)] * rng.randint(2, 50) + data[start:]


def insert_noise(data: bytes, rng: random.Random) -> bytes:
    """Random bytes get in between."""
    start = _spot(data, rng)
    return data[:start] + rng.randbytes(rng.randint(1, 300)) + data[start:]


def swap_parts(data: bytes, rng: random.Random) -> bytes:
    """Two halves change places at a random point."""
    start = _spot(data, rng)
    return data[start:] + data[:start]


def redirect_reference(data: bytes, rng: random.Random) -> bytes:
    """A reference points at another object, perhaps one that holds it: cycles."""
    numbers = [match[1] for match in OBJECT.finditer(data)] + [b"0", b"99999999"]
    return _replace_match(REFERENCE, rng.choice(numbers) + b" 0 R", data, rng)


def renumber_object(data: bytes, rng: random.Random) -> bytes:
    """Two objects claim the same number."""
    numbers = [match[1] for match in OBJECT.finditer(data)] or [b"1"]
    return _replace_match(OBJECT, rng.choice(numbers) + b" 0 obj", data, rng)


def lie_about_number(data: bytes, rng: random.Random) -> bytes:
    """A length, count, offset or size is absurd."""
    return _replace_match(NUMBER, rng.choice(NUMBERS), data, rng)


def rename(data: bytes, rng: random.Random) -> bytes:
    """A key or type has another's name."""
    names = [match[0] for match in NAME.finditer(data)] or [b"/Type"]
    return _replace_match(NAME, rng.choice(names), data, rng)


def resize_page(data: bytes, rng: random.Random) -> bytes:
    """A page without area, without end, or of no numbers."""
    return _replace_match(BOX, b"/MediaBox" + rng.choice(BOXES), data, rng)


def nest_deeply(data: bytes, rng: random.Random) -> bytes:
    """Arrays within arrays where a box was."""
    depth = rng.choice([200, 5000, 50_000])
    return _replace_match(BOX, b"/MediaBox" + b"[" * depth + b"]" * depth, data, rng)


def loop_page_tree(data: bytes, rng: random.Random) -> bytes:
    """The tree of pages holds itself, or one page a thousand times."""
    kids = KIDS.search(data)
    if not kids:
        return data
    parents = [match[1] for match in OBJECT.finditer(data[: kids.start()])] or [b"1"]
    new = rng.choice([parents[-1] + b" 0 R", (kids[1] + b" ") * rng.choice([2, 1000])])
    return data[: kids.start()] + b"/Kids[" + new + b"]" + data[kids.end() :]


def change_filter(data: bytes, rng: random.Random) -> bytes:
    """A stream is said to be packed in another way, or in two."""
    new = rng.choice([*FILTERS, b"[/FlateDecode /FlateDecode]"])
    return _replace_match(re.compile(rb"/FlateDecode"), new, data, rng)


@lru_cache
def _bomb() -> bytes:
    return zlib.compress(zlib.compress(bytes(BOMB_MB << 20), 9), 9)


def plant_bomb(data: bytes, rng: random.Random) -> bytes:
    """A stream of a few hundred bytes that unpacks to BOMB_MB."""
    bomb = _bomb()
    body = b"<</Length %d/Filter[/FlateDecode /FlateDecode]>>stream\n%s\nendstream" % (len(bomb), bomb)
    objects = list(OBJECT.finditer(data))
    if not objects:
        return data
    start = rng.choice(objects)
    end = data.find(b"endobj", start.end())
    return data[: start.end()] + body + data[max(end, start.end()) :]


def scramble_stream(data: bytes, rng: random.Random) -> bytes:
    """What a stream holds is noise."""
    matches = list(STREAM.finditer(data))
    if not matches:
        return data
    match = rng.choice(matches)
    return data[: match.start(1)] + rng.randbytes(len(match[1])) + data[match.end(1) :]


def drop_table(data: bytes, rng: random.Random) -> bytes:
    """The table of offsets, or where it stands, is gone."""
    word = rng.choice([b"xref", b"startxref", b"trailer", b"%%EOF", b"endobj", b"endstream"])
    return data.replace(word, b"x" * len(word), rng.randint(1, 3))


def pretend_encryption(data: bytes, rng: random.Random) -> bytes:
    """The trailer names an encryption that is none."""
    version, revision = rng.randint(0, 9), rng.randint(0, 9)
    entry = b"<</Encrypt<</Filter/Standard/V %d/R %d/O(a)/U(b)/P -1>>" % (version, revision)
    return data.replace(b"trailer\n<<", b"trailer\n" + entry, 1)


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    cut_off,
    drop_part,
    repeat_part,
    insert_noise,
    swap_parts,
    redirect_reference,
    renumber_object,
    lie_about_number,
    rename,
    resize_page,
    nest_deeply,
    loop_page_tree,
    change_filter,
    plant_bomb,
    scramble_stream,
    drop_table,
    pretend_encryption,
)
