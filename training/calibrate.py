"""Fit the confidence curves: ``python -m octavo.training.calibrate MODEL FOLDER…`` on labelled folders.

Questions and fields of the folders' validation lines (of ``--whole`` folders, which training does not know,
all lines) go through the application as a user's would. Half of the documents are fitted on, the other half
says by how far the confidence is off; then the curves are fitted on all and written beside the weights.
"""

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import numpy as np

from ..app.backend import LocalBackend
from ..app.calibration import Calibration, Curve, expected_calibration_error, logit
from ..app.documents import Document
from ..app.errors import OctavoError
from ..app.manifest import Item, load_sets, validation_items
from ..app.metrics import field_match
from ..app.prompts import label_question
from ..app.scoring import AttributesPart, FieldsPart, PairsPart, plan, spoken
from ..app.service import DocumentService
from ..app.settings import Settings

KINDS = ("answer", "photo", "field", "refusal")
ATTRIBUTES = frozenset({"category", "sub_category", "colour", "product"})  # what photos are asked for
RIDGE = 1e-3  # keeps a curve finite where every reply was right
FEWEST = 30  # judgements; fewer give no curve


@dataclass(frozen=True)
class Judgement:
    """A reply of a kind, the model's probability, whether it was right; ``document`` for splitting."""

    kind: str
    probability: float
    right: bool
    document: str


@dataclass
class Judge:
    """Asks about documents and judges the replies."""

    service: DocumentService
    judgements: list[Judgement] = field(default_factory=list)

    def items(self, items: Sequence[Item]) -> None:
        """All that is asked of the documents of a set; one that cannot be opened is said and left out."""
        # Where nothing is asked in vain every refusal is wrong: that says nothing of how often one is right.
        # Such documents are asked for what others of the set have, where their print is known.
        plans = [(item, plan(item, transcribe=False)) for item in items]
        pairs = [part for _, parts in plans for part in parts if isinstance(part, PairsPart)]
        in_vain = any(None in part.accepted.values() for part in pairs)
        pool = [] if in_vain else list(dict.fromkeys(q for part in pairs for q in part.accepted))
        for item, parts in plans:
            vain = questions_in_vain(item, parts, pool)
            try:
                document = self.service.open(item.path, [item.page] if item.page else None)
                self._ask(document, [*parts, *vain], item.id, in_vain or bool(vain))
            except OctavoError as error:
                print(f"{item.id}: {error}")

    def _ask(self, document: Document, parts: Sequence[object], name: str, in_vain: bool) -> None:
        for part in parts:
            if isinstance(part, FieldsPart):
                accepted = {spoken(key): value for key, value in part.accepted.items()}
                for key, found in self.service.extract(document, list(accepted)).fields.items():
                    if found.value is not None:
                        right = field_match(found.value, accepted[key])
                        self.judgements.append(Judgement("field", found.confidence, right, name))
            elif isinstance(part, PairsPart):
                for question, wanted in part.accepted.items():
                    reply = self.service.ask(document, question)
                    right = field_match(reply.answer if reply.found else None, wanted)
                    kind = "answer" if reply.found else "refusal"
                    if reply.found or in_vain:
                        self.judgements.append(Judgement(kind, reply.confidence, right, name))
            elif isinstance(part, AttributesPart):
                for key in sorted(ATTRIBUTES & part.accepted.keys()):
                    reply = self.service.ask(document, label_question(spoken(key)))
                    if reply.found:
                        right = field_match(reply.answer, part.accepted[key])
                        self.judgements.append(Judgement("photo", reply.confidence, right, name))


def questions_in_vain(item: Item, parts: Sequence[object], pool: Sequence[str]) -> list[PairsPart]:
    """A quarter of all that is asked of a document: other documents' questions no word of which it has.

    Nothing where its print is not known (``lines`` or ``text`` of the labels), or it answers no questions.
    """
    asked = sum(len(part.accepted) for part in parts if isinstance(part, PairsPart))
    lines = item.labels.get("lines") or ()
    printed = " ".join([*(line["text"] for line in lines), str(item.labels.get("text", ""))]).casefold()
    if not asked or not printed.strip():
        return []
    absent = [q for q in pool if (own := _thing_words(q)) and not any(word in printed for word in own)]
    vain = Random(item.id).sample(absent, min(len(absent), -(-asked // 3)))
    return [PairsPart(dict.fromkeys(vain))] if vain else []


@cache
def _thing_words(question: str) -> frozenset[str]:
    """The longer words of a question but "what": those of the thing that it asks for."""
    return frozenset(re.findall(r"[^\W\d_]{4,}", question.casefold())) - {"what"}


def fit(judgements: Sequence[Judgement]) -> Calibration:
    """A curve for every kind with enough judgements."""
    curves = {}
    for kind in KINDS:
        own = [j for j in judgements if j.kind == kind]
        if len(own) >= FEWEST:
            curves[kind] = fit_curve([j.probability for j in own], [j.right for j in own])
    return Calibration(**curves)


def fit_curve(probabilities: Sequence[float], right: Sequence[bool], steps: int = 50) -> Curve:
    """Logistic regression of rightness on the log odds, by Newton's method; the slope stays positive."""
    x = np.array([logit(p) for p in probabilities])
    y = np.array(right, float)
    design = np.stack([x, np.ones_like(x)], 1)
    weights = np.array([1.0, 0.0])
    for _ in range(steps):
        expected = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (expected - y) / len(y) + RIDGE * (weights - (1.0, 0.0))
        curvature = (design * (expected * (1 - expected))[:, None]).T @ design / len(y) + RIDGE * np.eye(2)
        weights = weights - np.clip(np.linalg.solve(curvature, gradient), -1, 1)  # never leaps
    return Curve(float(max(weights[0], 0.05)), float(weights[1]))


def calibration_error(judgements: Sequence[Judgement], calibration: Calibration) -> float:
    """Expected calibration error of the calibrated confidences; 0 without judgements."""
    pairs = [(calibration(j.kind, j.probability), j.right) for j in judgements]
    return expected_calibration_error(pairs) or 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder of the weights; the curves are written there")
    parser.add_argument("folders", type=Path, nargs="*", help="labelled folders: their validation lines")
    parser.add_argument(
        "--whole", type=Path, nargs="*", default=[], help="folders that training does not know"
    )
    parser.add_argument("--limit", type=int, help="documents of a set at most")
    parser.add_argument("--judgements", type=Path, help="keep them in this file, a line each")
    parser.add_argument(
        "--add", type=Path, nargs="*", default=[], help="judgements that other runs kept, of other documents"
    )
    args = parser.parse_args()
    backend = LocalBackend(Settings.load(model=str(args.model)))
    _ = backend.digest  # loads, with the curves that are there
    backend.calibration = Calibration()  # what is fitted are the model's own probabilities
    judge = Judge(DocumentService(backend=backend))
    with judge.service:
        for folder, whole in [*((f, False) for f in args.folders), *((f, True) for f in args.whole)]:
            for item_set in load_sets(folder):
                items = list(item_set.items) if whole else validation_items(item_set.items)
                judge.items(items[: args.limit])
    if args.judgements:
        rows = (json.dumps(vars(j)) for j in judge.judgements)
        args.judgements.write_text("\n".join(rows) + "\n", "utf-8")
    for file in args.add:
        judge.judgements += [Judgement(**json.loads(row)) for row in file.read_text("utf-8").splitlines()]
    report(judge.judgements).save(args.model)


def report(judgements: Sequence[Judgement]) -> Calibration:
    """Print how far confidence is off, before and after, on documents that were not fitted on; fit on all."""
    names = sorted({j.document for j in judgements})
    halves = [[j for j in judgements if names.index(j.document) % 2 == half] for half in (0, 1)]
    curves = [fit(half) for half in halves]
    crossed = [calibration_error(halves[1 - i], curves[i]) for i in (0, 1)]
    before = calibration_error(judgements, Calibration())
    after = sum(crossed) / 2
    print(f"{len(judgements)} judgements: off by {before:.3f} as they came, {after:.3f} on the other half")
    return fit(judgements)


if __name__ == "__main__":
    main()
