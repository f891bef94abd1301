"""Makes the pictures of docs/images: the terminal and the page of a review, over a few of the fixtures.

python docs/make_screenshots.py              all of them
python docs/make_screenshots.py terminal     those of the terminal
python docs/make_screenshots.py page         those of the page; needs chromium, chromedriver and the selenium package

Other versions of Textual and of the browser draw them a little differently, so no test compares them.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from migrate.review.proving import prove  # noqa: E402
from migrate.review.review import Review  # noqa: E402
from migrate.review.store import store_of  # noqa: E402
from migrate.settings import Settings  # noqa: E402

IMAGES = DOCS / "images"
TREE = {
    "models/iris.py": "classify_examples",
    "models/prefilter.py": "two_exports",
    "models/autoencoder.py": "bridged_text_tables",
    "serving/predict.py": "load_by_name",
    "serving/plugins.py": "flagged_py_func",
}
"""What is reviewed: names of files, and the fixtures that they are."""

_PROVED = "prefilter.py"
_LARGEST = 150_000
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars")


@contextmanager
def tree() -> Iterator[Path]:
    """A project with these files, as the current directory."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / ".tf-migrate").mkdir()
        for name, fixture in TREE.items():
            (root / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(DOCS.parent / "fixtures" / fixture / "export.py", root / name)
        before = Path.cwd()
        os.chdir(root)
        try:
            yield root
        finally:
            os.chdir(before)


def make_terminal() -> None:
    """The pictures of the terminal."""
    asyncio.run(_terminal("review-terminal.svg", (132, 42), ("down", "down")))
    asyncio.run(_terminal("review-decided.svg", (132, 42), ("down", "down", "y", "n")))
    asyncio.run(_terminal("review-help.svg", (100, 50), ("question_mark",)))
    asyncio.run(_terminal("review-80x24.svg", (80, 24), ("down", "down")))


async def _terminal(name: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    from migrate.review.tui.app import ReviewApp

    with tree():
        app = ReviewApp(Review(["."], Settings()), store_of(["."]))
        async with app.run_test(size=size) as pilot:
            while not app.listing.files or app.main.reading:
                await pilot.pause(0.1)
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.5)
            picture = app.export_screenshot(title="tf-migrate review .")
    # A picture that loads nothing: the reader's own fixed-width font will do.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL).replace("Fira Code,", "")
    _put(name, picture.encode("utf-8"))


def make_page() -> None:
    """The pictures of the page."""
    from migrate.report.review_page import render_review_page

    with tree() as root:
        review = Review(["."], Settings())
        list(review.read())
        review.settle()
        [path] = [file.path for file in review.files if file.path.endswith(_PROVED)]
        print(prove(review, path, ["{out}"]).said)
        page = root / "review.html"
        page.write_text(render_review_page(review), "utf-8")
        with _browser(root) as driver:
            _shoot(driver, page, "review-page.webp", 1280, 900, "")
            _shoot(driver, page, "review-page-dark.webp", 1280, 900, "jyy", dark=True)
            _shoot(driver, page, "review-page-narrow.webp", 420, 800, "j")


@contextmanager
def _browser(place: Path) -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for flag in (*_FLAGS, f"--user-data-dir={place / 'chromium'}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def _shoot(driver: Any, page: Path, name: str, width: int, height: int, keys: str, *, dark: bool = False) -> None:
    command = driver.execute_cdp_cmd
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    command("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    command("Emulation.setEmulatedMedia", {"features": [scheme]})
    driver.get(page.as_uri())
    driver.execute_script("localStorage.clear()")
    driver.get(page.as_uri())
    if keys:
        driver.switch_to.active_element.send_keys(keys)
    driver.execute_async_script("setTimeout(arguments[0], 300)")
    taken = command("Page.captureScreenshot", {"format": "webp", "quality": 82})
    _put(name, base64.b64decode(taken["data"]))


def _put(name: str, data: bytes) -> None:
    if len(data) > _LARGEST:
        raise SystemExit(f"{name} has {len(data):,} bytes: too many for a page of the docs")
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / name).write_bytes(data)
    print(f"docs/images/{name}: {len(data):,} bytes")


PARTS: dict[str, Callable[[], None]] = {"terminal": make_terminal, "page": make_page}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
