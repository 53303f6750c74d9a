"""The Listings tab in a real browser: skipped where there is none."""

import json
import shutil
from collections.abc import Iterator

import pytest

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.prompts import DESCRIBE

from .listing_samples import product_photo, save

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync").split()  # fmt: skip
REPLY = {"category": "Sports Shoes", "colour": "Blue", "gender": "Women"}
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine")]


@pytest.fixture
def address() -> Iterator[str]:
    """A served interface whose model answers from a table."""
    from octavo.app.ui.app import CSS, create_app, theme

    service = DocumentService(Settings(isolate=False), FakeBackend({DESCRIBE: json.dumps(REPLY)}, 0.999995))
    demo = create_app(service)
    options = {"theme": theme(), "css": CSS, "ssr_mode": False, "quiet": True, "footer_links": []}
    _, url, _ = demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, **options)
    yield url
    demo.close()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::pytest.PytestWarning"
)
def test_from_a_dropped_photo_to_files_with_limits_counted_while_typing(address, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    photo = save(product_photo(), tmp_path / "shoe.png")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1400})
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(address)
        page.get_by_role("tab", name="Listings").click()
        page.locator("input[type=file]").nth(1).set_input_files(photo)
        page.get_by_text("shoe.png").wait_for()
        page.get_by_label("Brand").fill("Acme")
        page.locator("#look").click()
        title = page.locator("#listing-title textarea")
        playwright.expect(title).to_have_value("Acme Sports Shoes for Women in Blue", timeout=20_000)
        playwright.expect(page.locator("#title-count")).to_contain_text("35 of 75 characters")
        title.fill("x" * 80)
        playwright.expect(page.locator("#title-count")).to_contain_text("80 of 75 characters: too long")
        page.get_by_role("button", name="Repair").click()
        playwright.expect(page.locator("#title-count")).to_contain_text("75 of 75 characters")
        page.get_by_label("Shopify").first.check()
        playwright.expect(title).to_have_value("Acme Sports Shoes for Women in Blue")
        page.locator("#export").click()
        playwright.expect(page.locator("#exported")).to_contain_text("Shopify: shopify-products.csv")
        playwright.expect(page.locator("#exported")).to_contain_text("Amazon: held back")
        assert failures == []
        browser.close()
