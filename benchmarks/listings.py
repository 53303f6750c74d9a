"""Product photos that the model never saw → five channel files: do they import, is it true, how fast is it?

    python benchmarks/listings.py DATA [--limit 40] [--alone 5] [--labels] [--json benchmarks/listings.json]

takes the held-out lines of every product set below DATA. Each photo is one product; what only a seller knows
(number, price, address, brand where the set has it) is given. The files are judged by the importers of the
tests, which know the channels' documentation and none of our code. Claims are the facts that a listing
states; a claim is wrong where the set's label says otherwise. Reported apart: claims without evidence, and
words in the copy that no fact, label or note of the seller backs. ``--labels`` puts the sets' own labels in
the place of the model: what the rules make of right answers.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("GOMP_SPINCOUNT", "5000")

import argparse
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from octavo.app import DocumentService, FakeBackend, OctavoError, Settings
from octavo.app.channels import PACKS, Row
from octavo.app.channels.text import stem, words
from octavo.app.listing.claims import NEUTRAL, vocabulary
from octavo.app.listing.facts import Fact, same
from octavo.app.listing.product import Product, Request, make_product
from octavo.app.listing.taxonomy import find_category
from octavo.app.listing.words import FRAMES, LABELS, english
from octavo.app.manifest import Item, load_set, validation_items
from octavo.app.parsing import normalise
from octavo.app.prompts import DESCRIBE

SETS = ("clothing_cc0", "demo_shops", "fashion_myntra", "grocery", "magento_luma")
CLOSE = (0.999, 0.9995, 0.9997, 0.9998, 0.9999, 0.99995, 0.99999, 0.999999)  # sure models are told apart
CHANNELS = ("amazon", "shopify", "google", "ebay", "woocommerce")
TESTS = Path(__file__).parents[1] / "tests" / "app"
COPY = {"item_name", "title", "structured_title", "name", "bullet_point", "bullets", "product_highlight"} | {
    *("product_description", "description", "structured_description", "short_description", "generic_keyword"),
    *("tags", "alt_text", "seo_title", "seo_description"),
}
DESCRIBED = (
    "category",
    "sub_category",
    "colour",
    "gender",
    "pattern",
    "material",
    "season",
    "usage",
    "product",
)
GOLD = {
    "category": ("category", "sub_category", "product", "label_full"),
    "colour": ("colour",),
    "gender": ("gender",),
    "pattern": ("pattern",),
    "usage": ("usage",),
    "product": ("product",),
}


@dataclass
class Tally:
    """Counts over all products."""

    products: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    rejected: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    claims: int = 0
    without_evidence: int = 0
    unbacked_words: int = 0
    judged: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    heard: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)  # of the model, stated or not
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)  # of all threads: not longer on a busy machine


class Labels(FakeBackend):
    """Answers with the labels of the item that is shown."""

    name = "labels"

    def show(self, item: Item) -> None:
        """The item that is asked about next."""
        attributes = item.labels.get("attributes") or {}
        record = {key: ", ".join(texts(attributes[key])) for key in DESCRIBED if attributes.get(key)}
        record |= {key: item.labels[key] for key in ("title", "description") if item.labels.get(key)}
        self.replies = {DESCRIBE: json.dumps(record, ensure_ascii=False)}


def judge_module(name: str) -> ModuleType:
    """An importer of the tests, loaded by its path: the tests are no package of ours."""
    spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judges() -> dict[str, Callable[[str], Any]]:
    """File name → importer; each raises when the channel would not take the file."""
    amazon, shops = judge_module("amazon_schema"), judge_module("shop_importers")

    def judge_amazon(text: str) -> None:
        if faults := amazon.faults(json.loads(text)):
            raise ValueError(faults[0])

    return {
        "amazon-feed.json": judge_amazon,
        "shopify-products.csv": shops.shopify_import,
        "google-feed.xml": shops.google_import,
        "ebay-inventory.json": shops.ebay_import,
        "woocommerce-products.csv": shops.woocommerce_import,
    }


def shop_data(item: Item) -> dict[str, str]:
    """What the seller of this product would give: nothing that a photo shows."""
    labels = item.labels
    brand = labels.get("brand") or (labels.get("attributes") or {}).get("brand") or "Generic"
    return {
        "sku": item.id[-40:],
        "brand": str(brand),
        "price": "10.00",
        "currency": "EUR",
        "availability": "in_stock",
        "link": "https://shop.example/product",
        "image_base_url": "https://shop.example/photos",
        "seller_id": "ASELLER",
        "country_of_origin": "CN",
        "dangerous_goods": "not_applicable",
    }


def held_out(data: Path, limit: int | None, rest: bool = False) -> Iterator[tuple[str, Item]]:
    """The validation lines of each product set that is there; ``limit``: of each at most, spread evenly.

    ``rest``: those that the limit leaves out, to judge on what was not chosen on.
    """
    for name in SETS:
        if (data / name).is_dir():
            items = validation_items(load_set(data / name).items)
            number = len(items) if limit is None else min(limit, len(items))
            taken = {place * len(items) // number for place in range(number)}
            yield from ((name, item) for place, item in enumerate(items) if (place in taken) is not rest)


def run(service: DocumentService, data: Path, limit: int | None, out: Path, rest: bool = False) -> Tally:
    """Every held-out product in every channel."""
    tally, importers = Tally(), judges()
    for name, item in held_out(data, limit, rest):
        tally.products += 1
        request = Request((str(item.path),), settings=shop_data(item))
        if isinstance(service.backend, Labels):
            service.backend.show(item)
        started, cpu = time.perf_counter(), time.process_time()
        try:
            product = make_product(service, request)
        except OctavoError as error:
            tally.refused[str(error).split("(")[0].strip()] += 1
            continue
        rows = [product.row(PACKS[channel]) for channel in CHANNELS]
        files = {row.channel: PACKS[row.channel].files([row]) for row in rows if row.is_valid}
        for texts in files.values():
            for file, text in texts.items():
                (out / file).write_text(text, encoding="utf-8", newline="")
        tally.seconds.append(time.perf_counter() - started)
        tally.cpu_seconds.append(time.process_time() - cpu)
        judge_rows(tally, name, item, rows, files, importers)
        judge_claims(tally, item, product)
        for row in rows:
            tally.unbacked_words += len(unbacked(product, row))
    return tally


def judge_rows(
    tally: Tally,
    name: str,
    item: Item,
    rows: list[Row],
    files: dict[str, dict[str, str]],
    importers: dict[str, Callable[[str], Any]],
) -> None:
    """Count what the importers say of one product's rows."""
    for row in rows:
        tally.rows[row.channel] += 1
        if not row.is_valid:
            tally.held_back[row.channel] += 1
            for finding in row.findings:
                if finding.severity == "error":
                    tally.reasons[finding.rule] += 1
            continue
        for file, text in files[row.channel].items():
            if file not in importers:
                continue
            try:
                importers[file](text)
                tally.accepted[row.channel] += 1
            except Exception as error:  # whatever an importer stumbles over is a rejection
                tally.rejected.append(f"{name}/{item.id}: {row.channel}: {error}")


def judge_claims(tally: Tally, item: Item, product: Product) -> None:
    """Compare what is stated with the labels; the seller's own facts are not the model's to get wrong."""
    attributes = item.labels.get("attributes") or {}
    for fact in product.facts:
        gold = [value for key in GOLD.get(fact.name, ()) for value in texts(attributes.get(key))]
        if gold and fact.source == "model":
            right = any(agrees(fact, value) for value in gold)
            tally.heard.setdefault(fact.name, []).append((fact.confidence, right))
        if not fact.stated or fact.source == "seller":
            continue
        tally.claims += 1
        tally.without_evidence += not fact.evidence
        if not gold:
            continue
        tally.judged[fact.name] += 1
        if not any(agrees(fact, value) for value in gold):
            tally.wrong[fact.name] += 1
            if len(tally.examples) < 40:
                tally.examples.append(f"{item.id}: {fact.name} {fact.value!r} ({fact.source}), {gold[0]!r}")


def texts(value: Any) -> list[str]:
    """A label as texts."""
    return [str(part) for part in value] if isinstance(value, list) else [str(value)] if value else []


def agrees(fact: Fact, gold: str) -> bool:
    """Whether a stated fact says what the label says: category by name or place in the taxonomy, colour by
    family, anything else by its usual name."""
    if fact.name == "category":
        ours, theirs = find_category(fact.value), find_category(gold)
        if ours and theirs and ours.names == theirs.names:
            return True
    if fact.name == "colour" and same("colour", fact.value, gold):
        return True
    return normalise(english(fact.name, fact.value)) == normalise(english(fact.name, gold))


def unbacked(product: Product, row: Row) -> list[str]:
    """Words of the copy that are neither a fact's, nor the seller's, nor of the frames and labels."""
    backed = set(vocabulary(product.facts, " ".join((*product.said.shop.values(), product.said.notes))))
    frame = FRAMES["en"]
    frames = (frame.gender, frame.colour, frame.material, frame.friendly, frame.photo)
    own = {stem(word) for word in words(" ".join((*frames, *(names[0] for names in LABELS.values()))))}
    said = [part.text for name in COPY for part in row.parts.get(name, ()) if part.writer != "seller"]
    pieces = {piece for key in backed | own | NEUTRAL for piece in (key, *map(stem, key.split("-")))}
    return sorted({stem(word) for text in said for word in words(text)} - pieces)


def one_by_one(data: Path, count: int, model: str | None) -> tuple[list[float], float]:
    """Seconds for a product when each is a call of the command of its own, and CPU seconds for one."""
    seconds, cpu = [], child_cpu()
    program = "from octavo.app.cli import main; main()"
    for _, item in list(held_out(data, 1))[:count]:
        settings = [f"--set={name}={value}" for name, value in shop_data(item).items()]
        settings += ["--model", model] if model else []
        with tempfile.TemporaryDirectory() as folder:
            words = ["listing", str(item.path), "--channel", ",".join(CHANNELS), "--out", folder, *settings]
            started = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
            seconds.append(time.perf_counter() - started)
            if done.returncode not in (0, 1):  # 1: rows are held back, which is an outcome too
                raise SystemExit(f"the command failed: {done.stderr[-300:]}")
    return seconds, (child_cpu() - cpu) / len(seconds)


def child_cpu() -> float:
    """CPU seconds of the processes that were started and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def by_confidence(heard: list[tuple[float, bool]]) -> list[list[float]]:
    """Rows of (floor, how many are at least as sure, share of them that is right): where to put a floor."""
    rows = []
    for floor in (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.94, 0.97, 0.99, 0.995, 0.998, *CLOSE):
        right = [is_right for confidence, is_right in heard if confidence >= floor]
        if right:
            rows.append([floor, len(right), round(sum(right) / len(right), 3)])
    return rows


def summary(tally: Tally, model: str, alone: tuple[list[float], float]) -> dict[str, Any]:
    """The figures as JSON."""
    exported = {name: tally.rows[name] - tally.held_back[name] for name in CHANNELS}
    judged, wrong = sum(tally.judged.values()), sum(tally.wrong.values())
    ordered = sorted(tally.seconds) or [0.0]
    return {
        "model": model,
        "threads": os.environ["OMP_NUM_THREADS"],
        "products": tally.products,
        "refused": dict(tally.refused),
        "rows": dict(tally.rows),
        "exported": exported,
        "accepted": dict(tally.accepted),
        "rejected": tally.rejected[:20],
        "held_back_for": dict(tally.reasons.most_common(12)),
        "claims": tally.claims,
        "claims_without_evidence": tally.without_evidence,
        "words_without_a_fact": tally.unbacked_words,
        "claims_with_a_label": judged,
        "claims_against_their_label": wrong,
        "wrong_by_attribute": {name: [tally.wrong[name], tally.judged[name]] for name in tally.judged},
        "share_wrong": round(wrong / judged, 4) if judged else None,
        "by_confidence": {name: by_confidence(heard) for name, heard in tally.heard.items()},
        "seconds_median": round(statistics.median(ordered), 3),
        "seconds_p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 3),
        "seconds_mean": round(statistics.fmean(ordered), 3),
        "cpu_seconds_mean": round(statistics.fmean(tally.cpu_seconds or [0.0]), 3),
        "seconds_one_by_one": round(statistics.fmean(alone[0]), 3) if alone[0] else None,
        "cpu_seconds_one_by_one": round(alone[1], 3) if alone[0] else None,
        "examples_wrong": tally.examples,
    }


def main() -> None:
    """Print the figures and, if asked, write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with the product sets")
    parser.add_argument("--limit", type=int, help="photos of each set at most")
    parser.add_argument("--rest", action="store_true", help="the photos that --limit leaves out")
    parser.add_argument("--model", help="a shipped model or a folder")
    parser.add_argument("--alone", type=int, default=0, help="products to time as calls of the command, too")
    parser.add_argument("--labels", action="store_true", help="the sets' labels in the place of the model")
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    args = parser.parse_args()
    backend = Labels(probability=0.999995) if args.labels else None
    with (
        DocumentService(Settings.load(model=args.model), backend) as service,
        tempfile.TemporaryDirectory() as folder,
    ):
        model = service.model  # loads it: no product's time includes that
        tally = run(service, args.data, args.limit, Path(folder), args.rest)
    record = summary(tally, model, one_by_one(args.data, args.alone, args.model) if args.alone else ([], 0.0))
    print(json.dumps(record, ensure_ascii=False, indent=2))
    if args.json:
        args.json.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
