"""A document of many pages: memory stays that of a short one, and the first answer does not wait.

``OCTAVO_LONG_PAGES=1000 pytest tests/app/test_long_documents.py`` is the long form.
"""

import os
import subprocess
import sys

import pymupdf
import pytest

LONG = int(os.environ.get("OCTAVO_LONG_PAGES", "300"))
PROGRAM = """
import resource, sys
from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.pages_match import PrintedRows
from octavo.app.types import PageAnswer

class Forgetful(FakeBackend):
    looks = 0

    def open_page(self, image):  # unlike its parent it keeps no pages
        return image

    def look(self, image):
        if sys.argv[2] == "asks":
            return None
        self.looks += 1
        rows = tuple("".join(chr(97 + (self.looks * 7 + i * j) % 26) for i in range(90)) for j in range(120))
        return PrintedRows(rows, 10_800)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

with DocumentService(Settings(page_px=200_000, max_pages=10_000), Forgetful({"Total?": "5"})) as service:
    document = service.open(sys.argv[1])
    events = service.stream_ask(document, "Total?")
    first = next(event for event in events if isinstance(event, PageAnswer))
    print(first.page, service.backend.looks, peak())
    for event in events:
        pass
    print(len(event.evidence), len(event.pages_read), peak())
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["asks", "looks"])
def test_many_pages_need_no_more_memory_than_ten(tmp_path, kind):
    """Of a model that asks every page, and of one that looks at all of them first."""
    peaks = {}
    for pages in (10, LONG):
        with pymupdf.open() as document:
            for number in range(pages):
                document.new_page(width=200, height=200).insert_text((20, 40), f"Page {number}")
            document.save(tmp_path / f"{pages}.pdf")
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / f"{pages}.pdf"), kind],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr
        first, last = (line.split() for line in run.stdout.splitlines())
        assert first[0] == "1" and int(first[1]) <= 8 and last[:2] == ["1", str(pages)]
        peaks[pages] = int(last[2])
    assert peaks[LONG] - peaks[10] <= 100, peaks
