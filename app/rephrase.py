"""The thing a question asks for, and the same question in plain words.

A small reader refuses questions in words that it has seldom met ("Which policy is shown?"), though it answers
the plain one about the same thing. A refusal is therefore asked again in plain words before it is believed:
about the words of the question that are printed on the page, whatever the others are, and about the thing
that usual sentences name. No answer comes from here: only the question is put differently.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from .pages_match import FILLERS, PrintedRows
from .parsing import normalise
from .prompts import label_question

MAX_WORDS = 12  # a longer subject is a sentence, not the name of something
MIN_PRINTED = 3  # letters and digits; fewer stand on any page
ALIKE, MIN_ALIKE = 88.0, 5  # similarity of a longer label with its place in a row, which may be misread
_PAUSE = re.compile(r"[.?!:;,…–—]$")  # a name does not go on behind it
_OF = frozenset(
    "of de du des von vom der del della di van do da dos das d".split()
)  # "date of …" is no "date"
# What a question is put with and no name of a thing by itself, though it may be a part of one ("Net value").
ASKING = frozenset(
    "value values field fields key keys entry entries label labels item box line row cell column content "
    "contents answer scan form sheet spreadsheet table pdf image picture photo text document page file "
    "json only off over down enter enters type types fill fills filling going ask asks asking mind "
    "checking wondering pulling looking finding wants trying "
    "wert werte feld felder schlüssel eintrag bezeichnung inhalt antwort zeile spalte formular blatt "
    "dokument seite datei bild sie ihnen ihr ihre ihren ihrem ihrer "
    "valeur champ clé entrée étiquette libellé ligne colonne case contenu réponse formulaire feuille "
    "fichier texte "
    "valor campo clave entrada etiqueta línea columna casilla contenido respuesta formulario hoja "
    "documento página texto imagen "
    "valore chiave voce etichetta riga colonna casella contenuto risposta modulo foglio pagina testo "
    "immagine "
    "waarde veld sleutel invoer regel kolom vak inhoud antwoord formulier blad tekst "
    "chave rótulo linha coluna caixa conteúdo resposta formulário folha imagem"
    .split()
)  # fmt: skip
_SMALL = (FILLERS - ASKING) | frozenset("i'm i'd i've i'll het een lo gli o os um uma".split())
_QUOTED = re.compile(
    r"""(?<!\w)(?:"([^"]+)"|[“„]([^“”„]+)[“”]|«([^«»]+)»|»([^«»]+)«|`([^`]+)`|['‘‚](.+?)['’‘](?!\w))"""
)
_ELIDED = re.compile(r"^(?:l|d|qu|un|all|dell|nell|sull)'(?=\w)", re.IGNORECASE)  # "l'échéance"


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split(' | '))})"


_SAID = _any(
    "shown | given | printed | stated | listed | written | noted | mentioned | indicated | named | entered"
    " | recorded | specified | quoted | displayed | provided | visible | present | set | used | there"
)
_WHERE = r"(?:\s+(?:here|there|on|in|at)(?:\s+(?:the|this|it|that))?" + (
    rf"(?:\s+{_any('page | document | form | receipt | invoice | sheet')})?)?"
)
_THING = r"(?:the\s+)?(?P<thing>.+?)"
_BESIDE = _any("for | as | under | beside | next to | at | after")
_STANDS = _any("is | was | has been | stands | appears | does it say")
_POLITE = _any("please | kindly | now | could you | can you | would you") + "?"
_ASK = _any(
    "tell me | let me have | give me | show me | look up | give | show | state | name | find | read | provide"
    " | quote | extract | report | list | return"
)
_SENTENCE = _any(
    "is | are | was | were | do | does | did | has | have | can | why | how | who | what | which | when"
    " | where"
)
_FORMS = tuple(
    re.compile(pattern + r"\s*[?.!]*", re.IGNORECASE)
    for pattern in (
        rf"(?:which|what)\s+(?P<thing>.+?)\s+(?:is|are|was|were|has been)\s+{_SAID}{_WHERE}",
        rf"what\s+{_STANDS}\s+(?:{_SAID}\s+)?{_BESIDE}\s+{_THING}{_WHERE}",
        rf"{_POLITE}\s*{_ASK}\s+{_THING}\s*(?:,?\s*please)?",
        rf"(?:how much|when|who|where)\s+(?:is|was|are)\s+{_THING}",
        rf"(?!{_SENTENCE}\b)(?:the\s+)?(?P<thing>[^?.!]+?)\s*[:?=]+",
    )
)
_PLAIN = re.compile(r"what(?:'s| is| was| are)\s+(?:the\s+)?(?P<thing>.+?)\s*\?*", re.IGNORECASE)


def plain_question(question: str) -> str | None:
    """``What is the …?`` about the same thing; None where that is what was asked, or no thing is found."""
    text = " ".join(question.split())
    if _PLAIN.fullmatch(text) and not any(form.fullmatch(text) for form in _FORMS[:2]):
        return None
    quoted = _quoted(text)
    asks_whether = re.match(r"(?:is|are|was|were|do|does|did|has|have|why|how)\b", text, re.IGNORECASE)
    if len(quoted) == 1 and not asks_whether and len(quoted[0].split()) <= MAX_WORDS:
        return label_question(quoted[0])
    for form in _FORMS:
        found = form.fullmatch(text)
        if found and len(found["thing"].split()) <= MAX_WORDS and re.search(r"\w", found["thing"]):
            return label_question(found["thing"])
    return None


def without_label(answer: str, question: str) -> str:
    """What stands behind the colon of "Author: Miriam Holloway", where the author was asked for.

    A form prints the two side by side, and a reader may copy both. Only the very words of the question in
    front of a colon are taken for its label.
    """
    label, colon, value = answer.partition(":")
    plain = _PLAIN.fullmatch(" ".join(question.split()))
    asked = normalise(plain["thing"] if plain else question)
    return value.strip() if colon and value.strip() and normalise(label) == asked != "" else answer


def plainer(question: str, rows: PrintedRows | None) -> Iterator[str]:
    """The question in plain words, at most twice: with what is printed of it, then with what sentences name.

    ``rows``: the print of the page; None where the model cannot tell.
    """
    given = " ".join(question.split())
    printed = printed_words(given, rows) if rows else None
    asked = [given]
    for text in (label_question(printed) if printed else None, plain_question(given)):
        if text and text not in asked:
            asked.append(text)
            yield text


class _Word(NamedTuple):
    """A word of a question without its marks; ``tells``: its capital would say that it is a name;
    ``last``: no name goes on behind it."""

    text: str
    tells: bool
    last: bool

    @property
    def is_asking(self) -> bool:
        return self.text.casefold() in ASKING

    @property
    def is_small(self) -> bool:
        return not self.text or self.text.casefold() in _SMALL

    @property
    def is_capital(self) -> bool:
        """Whether it is written as a name: "Document", but not "I" or "I'm"."""
        small_caps = self.is_small and self.text.split("'")[0].isupper()
        return self.tells and self.text.lstrip("(#")[:1].isupper() and not small_caps

    @property
    def is_filler(self) -> bool:
        return self.is_small and not self.is_capital

    @property
    def is_loud(self) -> bool:
        return self.is_capital and not self.is_asking


def printed_words(question: str, rows: PrintedRows) -> str | None:
    """The longest piece of a question that is printed in a row of the page, as the question has it.

    What is in quotes goes before all other words, and those with a capital before small ones. Not a part of
    a longer name that is not there: of "delivery date" no "date", nor of "date of birth".
    """
    names = sorted(_names(question), key=lambda name: -len("".join(name.split())))
    exact = next((name for name in names if _is_printed(name, rows)), None)
    # A misread letter does not make a name shorter.
    alike = (name for name in names if (exact or "") in name and (name == exact or _is_alike(name, rows)))
    return next(alike, None)


def _names(question: str) -> Iterator[str]:
    """The pieces of a question that can be the name of what it asks for."""
    quoted = [words for piece in _quoted(question) if (words := _words(piece))]
    if quoted:
        spans = [words for words in quoted if len(words) <= MAX_WORDS]
    else:
        words = _words(question)
        spans = [words[start:end] for start, end in _spans(words)]
        if any(word.is_loud for word in words):
            spans = [span for span in spans if any(word.is_loud for word in span)]
    for span in spans:
        if not all(word.is_asking or (word.is_filler and not quoted) for word in span):
            yield _ELIDED.sub("", " ".join(word.text for word in span))


def _quoted(text: str) -> list[str]:
    """What stands in quotes, of whatever kind."""
    return ["".join(piece) for piece in _QUOTED.findall(text)]


def _words(text: str) -> list[_Word]:
    found = list(re.finditer(r"[^\s“”\"«»‘’`<>\[\]]+", text))
    bare = [re.sub(r"^[^\w(#]+|[^\w)%#.]+$|[.?!:,;]+$", "", word[0]) for word in found]
    mixed = any(word[:1].islower() for word in bare)
    before = [".", *(word[0].rstrip("')") for word in found)]  # the first word begins a sentence
    tells = [mixed and not word.endswith((".", "?", "!", ":")) for word in before]
    last = [
        bool(_PAUSE.search(one[0])) or not text[one.end() : two.start()].isspace()  # a mark, a quote
        for one, two in itertools.pairwise(found)
    ] + [True]
    return [_Word(*word) for word in zip(bare, tells, last, strict=False)]


def _spans(words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + MAX_WORDS, len(words)) + 1):
            if not (words[start].is_filler or words[end - 1].is_filler or _is_part(words, start, end)):
                yield start, end
            if words[end - 1].last:
                break


def _is_part(words: Sequence[_Word], start: int, end: int) -> bool:
    """Whether the words go on into a longer name before or behind."""
    before = words[start - 1] if start else None
    if before and not (before.is_filler or before.last):
        named = words[start].is_loud and before.is_asking and not before.is_capital  # "the field Policy"
        if not named:
            return True
    if words[end - 1].last or len(words) <= end + 1:
        return False
    behind = words[end + 1].text.casefold()
    return words[end].text.casefold() in _OF and behind != "" and behind not in FILLERS


def _is_printed(name: str, rows: PrintedRows) -> bool:
    text = "".join(name.split()).casefold()
    return sum(c.isalnum() for c in text) >= MIN_PRINTED and any(text in row for row in rows.rows)


def _is_alike(name: str, rows: PrintedRows) -> bool:
    """Whether a row has the whole name but for a letter or so, and not just its beginning at an end."""
    text = "".join(name.split()).casefold()
    least = min(ALIKE, 100 - 100 / len(text) - 0.1)  # one letter may be misread
    edge = " " * len(text)
    return len(text) >= MIN_ALIKE and any(
        fuzz.partial_ratio(text, edge + row + edge, score_cutoff=least)
        for row in rows.rows
        if len(row) >= len(text) * least / 100
    )
