"""Rules for till receipts: company, date, address and total from the rows of a page.

Tuned on the training lines of SROIE only. The words that the rules look for are those of Malaysian
receipts, as the set has them, beside common English ones.
"""

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz

from .layout import Row
from .values import Amount, amounts, dates, rough_amount

NEAR = 86  # of 100: how alike a keyword and what was read must be
HEAD_ROWS = 14  # company and address stand above the wares
COMPANY_WORDS = re.compile(
    r"\b(sdn|bhd|s/b|enterprise|trading|restaurant|restoran|restaurants|hardware|stationery|book|store|mart|market|"
    r"supermarket|shop|cafe|bakery|bakeries|kitchen|pharmacy|syarikat|perniagaan|kedai|pasaraya|plt|co|corner|house|"
    r"station|petrol|servis|motor|marketing|electrical|industries|pizza|ltd|inc|llc|gmbh)\b|sdn\.?\s*bhd",
    re.I,
)
LEGAL_FORM = re.compile(
    r"\b(s[do]n|sbn)\.?,?\s*b[hn]d\b\.?|\bs/b\b|\bbhd\b\.?|\bplt\b|\bltd\b|\bgmbh\b", re.I
)
REGISTRATION = re.compile(
    r"\W*(co\.?|company|reg\.?|roc|br|business)?\s*(reg\.?)?\s*(no\.?)?\s*[:.]?\s*"
    r"[\[({]?\s*\w{0,3}\d{4,9}\s*,?\s*[-·.~]?\s*\w?\s*[\])}]?\W*$",
    re.I,
)
NO_NAME = re.compile(
    r"tax\s*invo|thank|goods\s*sold|visit|refund|returnable|receipt|welcome|please|cashier|machine|guest|check|"
    r"exchangeable|\border\b|\binvoice\b",
    re.I,
)
SPELLING = (
    (re.compile(r"\bs[dos0][nm]\.?\s*[bh38e][hn][dob0]\b", re.I), "SDN BHD"),
    (re.compile(r"\b[s5]/[b8d]\b", re.I), "S/B"),
    (re.compile(r"(?<=[A-Za-z][.-])1(?=\W|$)|(?<![\d\s(])1(?=[A-Z])|\b1(?=[A-Z]{2})"), "I"),
    (re.compile(r"(?<=[A-Za-z][.-])0(?=\W|$)|(?<=[A-Z])0(?=[A-Z])"), "O"),
)  # what engines make of letters in names in capitals
NOT_FIRST = re.compile(r"^(enterprise|co\b|trading|sdn|\(|bhd|hardware\b)", re.I)
STATE = re.compile(
    r"\b(selangor|johor|penang|pinang|melaka|perak|pahang|kedah|kelantan|sabah|sarawak|sembilan|darul|ehsan|"
    r"takzim|malaysia|wilayah|persekutuan|kuala\s*lumpur|terengganu|perlis|putrajaya|d\.?\s?e)\b",
    re.I,
)
OUTLET = re.compile(r"^\W*\d{4}\s?-\s?\w+")
HOUSE = re.compile(r"^\W*(no|lot|unit|suite)?\W*\d+[a-z]?\s*[,&/-]|^\W*[a-z]-?[\dg]+-\d+|\bss\s?\d", re.I)
ADDRESS_WORDS = re.compile(
    r"\b(jalan|jln|lot|no|taman|tmn|lorong|persiaran|lebuh|kampung|kg|batu|bandar|seksyen|section|level|floor|flr|"
    r"ground|block|blok|plaza|mall|menara|wisma|bangunan|kawasan|perindustrian|kuala|lumpur|selangor|johor|bahru|"
    r"penang|pulau|pinang|melaka|perak|pahang|kedah|kelantan|sabah|sarawak|negeri|sembilan|darul|ehsan|takzim|"
    r"petaling|jaya|shah|alam|cheras|ampang|klang|kepong|subang|puchong|setapak|road|street|avenue|off|site|"
    r"bukit|desa|pusat|dataran|pt|ptd|unit|suite|tkt|tingkat|malaysia|wilayah|persekutuan|kl|rd|ave)\b|\b\d{5}\b",
    re.I,
)
HEAD_ENDS = re.compile(
    r"\b(tel|telephone|phone|fax|gst|gsttid|tax\s*invoice|taxinvoice|invoice|receipt|cash|bill|date|e-?mail|www|"
    r"http|cashier|table|website|hotline|mobile|hp|h/p|order|guest|check|sst|customer|shopping\s*hours|"
    r"simplified|reg\s*no|counter|terminal|price|amount|qty|item|description|owned|member|ticket|document|site|company|whatsapps?)\b|gst|"
    r"tel\s*[:.]|invoice|\bt\s*[:.]\s*\d|[@]|\.com",
    re.I,
)
NOT_ADDRESS = re.compile(
    r"reg(istration)?\.?\s*no|company\s*(no|reg)|co\.?\s*(no|reg)|\broc\b|\bbr\s*no|gst|formerly|licensee|"
    r"welcome|^\W*\d{5,9}\s*-\s*[a-z]\W*$|^\W*\(?\d{5,7}\s*-?\s*[a-z]\)?\W*$",
    re.I,
)
# What stands before a receipt's total, with how sure it makes; the best match counts.
TOTAL_LABELS: tuple[tuple[str, float], ...] = (
    ("grand total", 10),
    ("final total", 11),
    ("nett total", 10),
    ("net total", 10),
    ("total payable", 10),
    ("total amt payable", 10),
    ("total amount payable", 10),
    ("amount payable", 9),
    ("total due", 9.5),
    ("amount due", 9),
    ("total rounded", 10.5),
    ("rounded total", 10.5),
    ("total amt rounded", 10.5),
    ("total after rounding", 10.5),
    ("total after adj incl gst", 10.5),
    ("total sales inclusive of gst", 9.5),
    ("total sales inclusive gst", 9.5),
    ("total sales incl gst", 9.3),
    ("total inclusive of gst", 9.5),
    ("total inclusive gst", 9.5),
    ("total incl gst", 9.5),
    ("total gst incl", 9.5),
    ("total includes gst", 9.3),
    ("total with gst", 9.3),
    ("takeout total", 9),
    ("eat in total", 9),
    ("total amt incl gst", 9.5),
    ("total amount incl gst", 9.5),
    ("ttl atf rnd", 10.5),
    ("total amount", 9),
    ("total sales", 8.5),
    ("total gross", 8.5),
    ("total rm", 9),
    ("total", 8.5),
    ("amount incl gst", 8),
    ("payment", 6),
    ("paid", 5),
    ("cash", 4),
    ("visa", 5),
    ("mastercard", 5),
    ("credit card", 5),
    ("subtotal", 4.5),
    ("sub total", 4.5),
    ("amount", 3.5),
)
NOT_TOTAL: tuple[tuple[str, float], ...] = (
    ("sub total", 4.0),
    ("subtotal", 4.0),
    ("qty", 6),
    ("quantity", 6),
    ("items", 5),
    ("item count", 5),
    ("discount", 5),
    ("saving", 6),
    ("excluding", 3.0),
    ("excl", 3.0),
    ("exclusive", 3.0),
    ("change", 7),
    ("rounding adj", 5),
    ("round adj", 5),
    ("total gst", 6),
    ("gst amount", 5),
    ("tax total", 6),
    ("total tax", 6),
    ("gst payable", 6),
    ("gst summary", 6),
    ("supplies", 3.0),
    ("stamp", 6),
    ("points", 6),
    ("deposit", 2),
    ("accepted total", 5),
    ("before", 3.0),
    ("paid amount", 5),
    ("excl gst", 5),
    ("tendered", 5),
    ("balance", 3),
)


ROUNDED = re.compile(r"^\W*round(ing|ed)?\b(?!\s*adj)", re.I)
_RM = re.compile(r"RM$", re.I)


def fields(page: Sequence[Row]) -> dict[str, str]:
    """The four fields of SROIE; one that no rule finds is absent."""
    found = {"date": date(page), "total": total(page)}
    top = page[:HEAD_ROWS]
    name, after = company(top)
    found |= {"company": name, "address": address(top, after)}
    return {key: value for key, value in found.items() if value}


def date(page: Sequence[Row]) -> str | None:
    """The date that stands best: by the word "date", by a time of day, near the top."""
    best: tuple[float, str] | None = None
    for number, row in enumerate(page):
        for found in dates(row.text):
            score = found.trust - 0.02 * number
            before = row.text[: found.start].lower()
            if re.search(r"d[ao]te|tarikh|\bdt\b", before):
                score += 2.0
            elif number and re.search(r"\bdate\b", page[number - 1].text, re.I):
                score += 1.0
            if re.search(r"\d{1,2}\s?[:.]\s?\d{2}", row.text[found.end : found.end + 14]):
                score += 1.0
            if re.search(r"exp|due|valid|until|before|dd\s*:|closed|print", before):
                score -= 1.5
            if best is None or score > best[0]:
                best = score, found.text
    return best[1] if best else None


def total(page: Sequence[Row]) -> str | None:
    """The amount behind the best label for a total; amounts that are printed again are surer.

    A label without an amount takes one from the row below, if that has nothing but the amount, or from above.
    """
    printed = Counter(amount.value for row in page for amount in amounts(row.text))
    cash = _after(page, ("cash", "tendered", "payment"))
    change = _after(page, ("change",))
    candidates: list[tuple[float, int, Amount]] = []
    summary, rounding = False, len(page)
    for number, row in enumerate(page):
        summary = summary or _has("gst summary", _label(row.text))
        score = _total_score(row.text)
        if re.search(r"round|rnd", row.text, re.I):
            rounding = min(rounding, number)
        found = amounts(row.text)
        if score <= 0 and found and found[-1].value >= 1 and ROUNDED.search(row.text):
            score = 9.8  # "Rounding 20.00" is what is left after rounding, not by how much
        if score <= 0:
            continue
        if not found and (rough := rough_amount(row.text)):
            found, score = [rough], score - 0.5
        if not found and number + 1 < len(page) and not _has_words(page[number + 1].text):
            found, score = amounts(page[number + 1].text), score - 0.5
        if not found and number and not _has_words(page[number - 1].text):
            found, score = amounts(page[number - 1].text), score - 1.0
        if not found:
            continue
        amount = found[-1]
        score += 0.4 * min(printed[amount.value] - 1, 3)
        score += 1.5 if number > rounding else 0.0
        score -= 4.0 if summary and number > 0 else 0.0
        score -= 6.0 if amount.value <= 0 else 0.0
        score -= 1.0 if len(found) > 1 else 0.0
        if cash is not None and change is not None and abs(cash - change - amount.value) < 0.005:
            score += 2.0
        candidates.append((score, number, amount))
    if candidates:
        _, number, amount = max(candidates, key=lambda found: (found[0], found[1]))
        return _with_currency(page[number].text, amount)
    everything = [amount for row in page for amount in amounts(row.text)]
    return max(everything, key=lambda amount: amount.value).text if everything else None


def _with_currency(text: str, amount: Amount) -> str:
    """The labels of SROIE keep a currency that is printed without a space."""
    return f"RM{amount.text}" if _RM.search(text[: amount.start]) else amount.text


def _label(text: str) -> str:
    """The letters of a row, for keywords: lower case, digits and signs as spaces."""
    return " ".join(re.sub(r"[^a-z]+", " ", text.lower().replace("0", "o").replace("1", "l")).split())


def _has_words(text: str) -> bool:
    return len(re.sub(r"\b(rm|myr|usd|eur)\b|[^a-z]", "", text.lower())) > 2


def _total_score(text: str) -> float:
    label = re.sub(r"\b[a-z]\b", " ", _label(text))
    label = " ".join(label.split())
    if not label:
        return 0.0
    score = max((weight for key, weight in TOTAL_LABELS if _has(key, label)), default=0.0)
    return score - max((weight for key, weight in NOT_TOTAL if _has(key, label)), default=0.0)


def _has(key: str, label: str) -> bool:
    """Whether a label holds a keyword, give or take a misread letter or a lost space."""
    if len(key) <= 4:
        return key in label.split()
    packed, text = key.replace(" ", ""), label.replace(" ", "")
    if packed in text:
        return True
    if len(text) < len(packed) - 1 or fuzz.partial_ratio(packed, text) < NEAR:
        return False
    starts = range(max(len(text) - len(packed), 0) + 1)
    return any(fuzz.ratio(packed, text[start : start + len(packed)]) >= NEAR for start in starts)


def _after(page: Sequence[Row], keys: Sequence[str]) -> float | None:
    for row in page:
        label = _label(row.text)
        if any(_has(key, label) for key in keys) and (found := amounts(row.text)):
            return found[-1].value
    return None


def company(top: Sequence[Row]) -> tuple[str | None, int]:
    """The name in the head and the number of the row after it."""
    usable = [n for n, row in enumerate(top[:10]) if _is_name(row.text)]
    if not usable:
        return None, 0
    end = next((n for n, row in enumerate(top) if n > usable[0] and HEAD_ENDS.search(row.text)), len(top))
    legal = [n for n in usable if n <= end and LEGAL_FORM.search(_name(top[n].text))]
    number = legal[0] if legal else usable[0]
    last = number
    name = _name(top[number].text)
    # A name over several rows: the legal form alone, a bracket that is not opened or closed in its row.
    while (
        number
        and number - 1 in usable
        and (
            name.count(")") > name.count("(")
            or NOT_FIRST.search(name)
            or len(re.sub(r"[^a-z]", "", LEGAL_FORM.sub("", name).lower())) < 4
        )
    ):
        number -= 1
        name = f"{_name(top[number].text)} {name}"
    while name.count("(") > name.count(")") and last + 1 < len(top):
        last += 1
        name = f"{name} {_name(top[last].text)}"
    return name, last + 1


def _is_name(text: str) -> bool:
    letters = re.sub(r"[^a-z]", "", text.lower())
    if len(letters) < 4 or len(letters) < 0.45 * len(re.sub(r"\s", "", text)):
        return False
    if NO_NAME.search(text) or dates(text) or not re.search(r"[A-Z]", text):
        return False
    return not NOT_ADDRESS.search(REGISTRATION.sub("", text))


def _name(text: str) -> str:
    text = re.sub(r"[\[({]\s*(co\.?|company|reg|roc|br)\b.*$", "", text, flags=re.I)
    text = REGISTRATION.sub("", text)
    for pattern, right in SPELLING:
        text = pattern.sub(right, text)
    return text.strip(" .,:;*-_'\"|=~<>`")


def address(top: Sequence[Row], start: int) -> str | None:
    """The rows under the company that look like an address, up to the telephone or the kind of paper."""
    taken: list[str] = []
    is_complete = False  # the postcode has come
    for row in top[start:]:
        text = re.sub(r"^\W*(h[o0]\s*)?(address|add|alamat)\s*[:.]\s*", "", row.text.strip(), flags=re.I)
        looks = bool(ADDRESS_WORDS.search(text) or HOUSE.search(text))
        ends = bool(NOT_ADDRESS.search(text) or dates(text) or HEAD_ENDS.search(text))
        if not taken and (ends or not looks):
            continue
        if ends or (is_complete and not STATE.search(text) and not OUTLET.search(text)):
            break
        if not looks and len(re.sub(r"[^a-z]", "", text.lower())) < 4:
            break
        taken.append(text.strip(" *|"))
        is_complete = is_complete or bool(re.search(r"(?<!\d)\d{5}(?!\d)", text))
    return " ".join(taken) or None
