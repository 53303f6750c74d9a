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

class Forgetful(FakeBackend):
    def open_page(self, image):  # unlike its parent it keeps no pages
        return image

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

with DocumentService(Settings(page_px=200_000, max_pages=10_000), Forgetful({"Total?": "5"})) as service:
    document = service.open(sys.argv[1])
    events = service.stream_ask(document, "Total?")
    first = next(events)
    print(first.page, peak())
    *_, answer = events
    print(len(answer.evidence), peak())
"""


@pytest.mark.slow
def test_many_pages_need_no_more_memory_than_ten(tmp_path):
    peaks = {}
    for pages in (10, LONG):
        with pymupdf.open() as document:
            for number in range(pages):
                document.new_page(width=200, height=200).insert_text((20, 40), f"Page {number}")
            document.save(tmp_path / f"{pages}.pdf")
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / f"{pages}.pdf")],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr
        first, last = (line.split() for line in run.stdout.splitlines())
        assert first[0] == "1" and last[0] == "1"
        peaks[pages] = int(last[1])
    assert peaks[LONG] - peaks[10] <= 100, peaks
