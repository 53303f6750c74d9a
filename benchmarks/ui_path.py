"""How long a person waits in the browser: from the click on "Ask" to the first characters of the answer.

``python benchmarks/ui_path.py`` starts ``octavo ui`` with the shipped model in a process of its own, opens
the page in a headless Chromium, drops ``examples/invoice.pdf``, asks once right away (the page is not encoded
then), and after that asks other questions, whose waits are the figure. The browser's own clock is read: it
starts in the click and stops when the text is in the page. Exit code 1 when the bar is missed.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

INVOICE = Path(__file__).parents[1] / "examples" / "invoice.pdf"
BAR_S = 3.0
FIRST = "What is the invoice date?"
QUESTIONS = (
    "What is the invoice number?",
    "What is the total?",
    "What is the due date?",
    "What is the order number?",
    "What is the subtotal?",
    "What is the account number?",
)
FLAGS = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync").split()  # fmt: skip
# Times of the click, of the first text of an answer, and of its card; the new card is the first of its list.
WATCH_JS = """
() => { window.watched = new Promise((done, fail) => {
  const cards = () => document.querySelectorAll('#talk .turn').length;
  const before = cards(), seen = {};
  const button = document.querySelector('#question .submit-button');
  button.addEventListener('click', () => { seen.click = performance.now(); }, {capture: true, once: true});
  const look = () => {
    const live = document.querySelector('#live .answer');
    if (seen.first === undefined && ((live && live.textContent.trim()) || cards() > before))
      seen.first = performance.now();
    if (document.querySelector('#live [role=alert]')) fail(document.querySelector('#live').textContent);
    if (cards() > before) {
      observer.disconnect();
      done({first_s: (seen.first - seen.click) / 1000, answer_s: (performance.now() - seen.click) / 1000,
            answer: document.querySelector('#talk .turn .answer').textContent});
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, {childList: true, subtree: true, characterData: true});
}); }
"""


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: "subprocess.Popen[bytes]", limit_s: float) -> None:
    """Until the page is served."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"octavo ui ended with code {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"octavo ui did not answer within {limit_s:g} s")


def ask(page: Any, question: str) -> dict[str, Any]:
    """One question: what was waited for."""
    page.locator("#question textarea").fill(question)
    button = page.locator("#question .submit-button")
    button.wait_for()
    page.evaluate(WATCH_JS)
    button.click()
    seen = {"question": question, **page.evaluate("window.watched")}
    print(f"{question} {seen['answer']} {seen['first_s']:.2f} s", file=sys.stderr)
    return seen


def measure(url: str, chromium: str, rounds: int) -> dict[str, Any]:
    """The whole path in one browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page.set_default_timeout(180_000)
        page.goto(url)
        page.locator("#files input[type=file]").wait_for(state="attached")
        started = time.monotonic()
        page.locator("#files input[type=file]").set_input_files(str(INVOICE))
        page.locator("#page img").wait_for()
        shown_s = time.monotonic() - started
        first = ask(page, FIRST)
        asked = [ask(page, question) for _ in range(rounds) for question in QUESTIONS]
        browser.close()
    return {
        "drop_to_page_s": round(shown_s, 2),
        "first_question": rounded(first),
        "questions": list(map(rounded, asked)),
    }


def rounded(record: dict[str, Any]) -> dict[str, Any]:
    """Seconds with three digits."""
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in record.items()}


def summary(found: dict[str, Any]) -> dict[str, float]:
    """Of the questions on the encoded page: waits for the first characters and for the answer."""
    first = [item["first_s"] for item in found["questions"]]
    whole = [item["answer_s"] for item in found["questions"]]
    return {
        "first_token_median_s": round(statistics.median(first), 3),
        "first_token_max_s": max(first),
        "answer_median_s": round(statistics.median(whole), 3),
        "answer_max_s": max(whole),
    }


def main() -> int:
    """Measure, print, and say whether the bar is met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2, help="how often the questions are asked")
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("there is no chromium on this machine; on Debian: apt-get install chromium")
    port = free_port()
    program = [sys.executable, "-c", "from octavo.app.cli import main; main()", "ui", f"--port={port}"]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process, 180)
        found = measure(url, chromium, options.rounds)
    finally:
        process.terminate()
        process.wait(30)
    figures = summary(found)
    machine = {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    record = {"machine": machine, "bar_s": BAR_S, **figures, **found}
    print(json.dumps(record, indent=1, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(figures["first_token_max_s"] > BAR_S)


if __name__ == "__main__":
    sys.exit(main())
