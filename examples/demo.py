"""The demo of ``make demo``: ask the shipped model about two sample documents and compare with what they say.

``python examples/demo.py`` exits with 1 when fewer than ENOUGH answers are right.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from octavo.app import Document, DocumentService

HERE = Path(__file__).parent
ENOUGH = 5


@dataclass(frozen=True)
class Check:
    """A question and what the document says; None means that it does not say."""

    file: str
    question: str
    expected: str | None


CHECKS = (
    Check("invoice.pdf", "What is the invoice number?", "HP-20417"),
    Check("invoice.pdf", "What is the invoice date?", "14 March 2025"),
    Check("invoice.pdf", "What is the due date?", "13 April 2025"),
    Check("invoice.pdf", "What is the order number?", "A-5581"),
    Check("invoice.pdf", "What is the total?", "414.00"),
    Check("report.pdf", "What is the author?", "Miriam Holloway"),
    Check("report.pdf", "What is the date?", "9 January 2025"),
    Check("report.pdf", "What is the reference?", "RR-2024-07"),
    Check("report.pdf", "What is the next meeting?", "3 February 2025, 10:30"),
    Check("report.pdf", "What is the phone number?", None),
)


def same(answer: str, expected: str) -> bool:
    """Equal but for case, spaces and punctuation."""
    first, second = ("".join(ch for ch in text.casefold() if ch.isalnum()) for text in (answer, expected))
    return first == second


def run(service: DocumentService) -> int:
    """Ask everything, print a line each; how many answers are right."""
    documents = {check.file: service.open(HERE / check.file) for check in CHECKS}
    print(f"Model {service.model}. It sees pixels only: the text inside the PDFs is never read.\n")
    return sum(ask(service, documents[check.file], check) for check in CHECKS)


def ask(service: DocumentService, document: Document, check: Check) -> bool:
    """One question; prints what came and what was expected."""
    answer = service.ask(document, check.question)
    is_right = same(answer.answer, check.expected) if check.expected else not answer.found
    expected = check.expected or "(not in the document)"
    print(f"{'ok   ' if is_right else 'WRONG'}  {check.file:12} {check.question}")
    print(f"       {answer.answer}   [expected {expected}; {answer.seconds:.1f} s; {answer.confidence:.2f}]")
    return is_right


def main(service: DocumentService | None = None) -> int:
    """The exit code: 0 when at least ENOUGH answers are right."""
    started = time.perf_counter()
    with service or DocumentService() as service:
        service.warm_up()
        right = run(service)
    seconds = time.perf_counter() - started
    print(f"\n{right} of {len(CHECKS)} right in {seconds:.1f} s, model loading included.")
    return 0 if right >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
