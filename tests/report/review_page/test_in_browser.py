"""The page in a real browser: chromium without a window. Skipped where there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from migrate.report.review_page import render_review_page
from migrate.review.decision import State
from migrate.review.file import digest_of
from migrate.review.review import Review
from migrate.review.store import Store, store_of
from migrate.review.verdict import Verdict
from migrate.settings import Settings

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver")

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
EVIL = "</script><img src=x onerror=\"document.title='hurt'\">'&amp;\u202e"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


class Browser:
    """A page that is open, and what a reader does to it."""

    def __init__(self, driver, place: Path) -> None:
        self.driver = driver
        self.place = place

    def open(self, html: str, *, width: int = 1400, dark: bool = False) -> Browser:
        self.place.write_text(html, "utf-8")
        command = self.driver.execute_cdp_cmd
        command(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        command("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get_log("performance")
        self.driver.get(self.place.as_uri())
        return self

    def reload(self) -> None:
        self.driver.refresh()

    def run(self, script: str):
        return self.driver.execute_script(script)

    def press(self, keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(keys)

    def click(self, selector: str) -> None:
        element = self.driver.find_element("css selector", selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def choose(self, name: str, value: str) -> None:
        self.run(
            f"const s = document.querySelector('.filters [name={name}]'); s.value = {json.dumps(value)};"
            "s.dispatchEvent(new Event('change', {bubbles: true}))"
        )

    def shown(self) -> list[str]:
        """The items that can be seen, by id."""
        return self.run(
            "return [...document.querySelectorAll('article')].filter(a => a.checkVisibility()).map(a => a.id)"
        )

    def states(self) -> list[str]:
        return self.run("return [...document.querySelectorAll('article')].map(a => a.dataset.state)")

    def current(self) -> str | None:
        return self.run("return document.querySelector('article.current')?.id ?? null")

    def exported(self) -> dict:
        """What the text box of the export holds."""
        self.press("d")
        text = self.run("return document.getElementById('json').value")
        assert self.run("return document.getElementById('exported').open")
        self.press("\ue00c")  # Escape
        return json.loads(text)


@pytest.fixture
def browser(chromium, tmp_path_factory):
    opened = Browser(chromium, tmp_path_factory.mktemp("page") / "review.html")
    # What a browser keeps, it keeps for all pages that are files.
    opened.open("<title>empty</title>").run("localStorage.clear()")
    yield opened
    problems = [entry["message"] for entry in chromium.get_log("browser")]
    assert problems == []


def decided(review: Review) -> dict[str, list[str]]:
    return {
        Path(file.path).name: [str(review.state(item)) for item in review.items(file.path)] for file in review.files
    }


def again(path: Path, decisions: dict) -> Review:
    """A new review of the same files, with decisions that the page exported."""
    (path / "decisions.json").write_text(json.dumps(decisions))
    review = Review([path], Settings())
    list(review.read())
    review.settle()
    Store(store_of([path]).path, decisions=path / "decisions.json").load(review)
    return review


def test_keys_move_decide_and_take_back(browser, html):
    page = browser.open(html)
    assert page.current() is None
    page.press("j")
    assert page.current() == "file0-0"
    page.press("y")
    assert (page.current(), page.states()[0]) == ("file1-0", "accepted")
    page.press("y")  # nothing to decide there
    assert (page.current(), page.states()[1]) == ("file2-0", "stays")
    page.press("n")
    assert (page.current(), page.states()[2]) == ("file3-0", "rejected")
    page.press("a")
    assert page.states()[3:] == ["accepted", "accepted"]
    page.press("uu")
    assert page.states() == ["accepted", "stays", "pending", "pending", "pending"]
    page.press("kk")
    assert page.current() == "file0-0"
    page.press("k")  # the first one
    assert page.current() == "file0-0"
    assert "first" in page.run("return document.getElementById('said').textContent")
    assert "1 accepted, 0 rejected, 3 to decide" in page.run("return document.getElementById('progress').textContent")


def test_all_of_a_level_that_is_shown_and_pending(browser, html):
    page = browser.open(html)
    page.click("#file3-0 [data-say=rejected]")
    page.choose("text", "two.py")
    page.press("jA")
    assert page.states() == ["pending", "stays", "pending", "rejected", "accepted"]
    page.choose("text", "")
    page.press("A")
    assert page.states() == ["pending", "stays", "accepted", "rejected", "accepted"]


def test_buttons_do_the_same(browser, html):
    page = browser.open(html)
    page.click("#file2-0 [data-say=accepted]")
    page.click("#file0-0 [data-say=rejected]")
    page.click("#file3 [data-all=accepted]")
    assert page.states() == ["rejected", "stays", "accepted", "accepted", "accepted"]
    pressed = "return document.querySelector('#file2-0 [data-say=accepted]').ariaPressed"
    assert page.run(pressed) == "true"
    page.click("#file2-0 [data-say=accepted]")
    assert page.states()[2] == "pending"
    assert page.run(pressed) == "false"


def test_the_current_item_is_in_sight_and_has_the_focus(browser, review):
    texts = {f"file{n}": f"import tensorflow as tf\n{'# a remark' * 9}\n" + GRAPH for n in range(12)}
    page = browser.open(render_review_page(review(**texts)))
    page.press("jjjjjjjjjj")
    assert page.current() == page.run("return document.activeElement.id")
    top = page.run("return document.querySelector('article.current').getBoundingClientRect().top")
    below = page.run("return document.querySelector('.filters').getBoundingClientRect().bottom")
    assert below - 1 <= top < 450


def test_filters(browser, html):
    page = browser.open(html)
    everything = page.shown()
    assert len(everything) == 5
    page.choose("level", "bridged")
    assert page.shown() == ["file0-0"]
    assert page.run("return document.getElementById('shown').textContent") == "1 of 5 items"
    hidden = "return [...document.querySelectorAll('nav li')].map(li => li.hidden)"
    assert page.run(hidden) == [False, True, True, True]
    page.choose("level", "")
    page.choose("rule", "TFM103")
    assert page.shown() == ["file1-0"]
    page.choose("state", "accepted")
    assert page.shown() == []
    assert page.run("return document.getElementById('none').checkVisibility()")
    page.click("#all")
    assert page.shown() == everything
    page.click("#file2-0 [data-say=accepted]")
    page.choose("state", "accepted")
    assert page.shown() == ["file2-0"]
    page.choose("state", "stays")
    assert page.shown() == ["file1-0"]
    page.choose("state", "")
    page.choose("verdict", "different")
    assert page.shown() == []


def test_search_finds_code_reasons_and_paths(browser, review):
    made = review()
    page = browser.open(render_review_page(made))
    page.press("/")
    page.press("export_B")
    page.press("\ue007")  # Enter: to the first
    assert page.shown() == ["file3-0", "file3-1"]
    assert page.current() == "file3-0"
    page.press("j")
    assert page.current() == "file3-1"
    page.press("/")
    page.press("\ue00c")  # Escape
    page.press("k")
    assert (page.current(), len(page.shown())) == ("file3-0", 2)
    page.choose("text", "FLAGGED.py")
    assert page.shown() == ["file1-0"]
    [flagged] = made.items(made.files[1].path)
    page.choose("text", flagged.site.reason.upper())
    assert page.shown() == ["file1-0"]


def test_search_follows_the_typing(browser, html):
    page = browser.open(html)
    page.press("/")
    page.press("doubles")
    page.run(
        "return new Promise(done => { const look = () => document.getElementById('shown').textContent"
        " ? done() : setTimeout(look, 20); look() })"
    )
    assert page.shown() == ["file2-0"]


def test_what_was_just_decided_stays_until_one_goes_on(browser, html):
    page = browser.open(html)
    page.choose("state", "pending")
    page.press("j")
    page.click("#file0-0 [data-say=accepted]")
    assert page.shown()[0] == "file0-0"
    page.press("j")
    assert page.current() == "file2-0"
    assert page.shown()[0] == "file2-0"


def test_decisions_are_exported_and_applied(browser, review, cwd):
    page = browser.open(render_review_page(review()))
    page.press("j")
    page.press("n")
    page.press("j")
    page.press("y")
    page.click("#file3-1 [data-say=accepted]")
    found = again(cwd, page.exported())
    assert decided(found) == {
        "bridged.py": ["rejected"],
        "flagged.py": ["pending"],
        "native.py": ["accepted"],
        "two.py": ["pending", "accepted"],
    }
    changed = {Path(result.path).name: result.after for result in found.outcome().results if result.changed}
    assert sorted(changed) == ["native.py", "two.py"]
    assert "tf.Module" in changed["native.py"]
    assert changed["two.py"].count("simple_save") == 1
    assert found.outcome().held == ()


def test_the_command_line_carries_out_what_was_exported(browser, review, cwd, tf_migrate):
    page = browser.open(render_review_page(review()))
    page.click("#file2-0 [data-say=accepted]")
    (cwd / "decisions.json").write_text(json.dumps(page.exported()))
    before = (cwd / "two.py").read_text()
    ran = tf_migrate("review", ".", "--decisions", "decisions.json", "--accepted-only", "--write", "--allow-dirty")
    assert (ran.code, ran.errors) == (0, "")
    assert "tf.Module" in (cwd / "native.py").read_text()
    assert (cwd / "two.py").read_text() == before


def test_decisions_that_were_there_stay_and_can_be_changed(browser, review, cwd):
    made = review()
    items = {Path(file.path).name: made.items(file.path) for file in made.files}
    made.accept(items["bridged.py"])
    native = items["native.py"][0]
    made.edit(native.path, made.file(native.path).result.after.replace("* 2.0", "* 2.0 * 1.0"))
    page = browser.open(render_review_page(made))
    assert page.states() == ["accepted", "stays", "edited", "pending", "pending"]
    kept = again(cwd, page.exported())
    assert kept.state(kept.items(native.path)[0]) is State.EDITED
    assert kept.preview(native.path) == made.preview(native.path)
    page.click("#file2-0 [data-say=rejected]")
    page.click("#file0-0 [data-say=accepted]")
    found = again(cwd, page.exported())
    assert decided(found)["native.py"] == ["rejected"]
    assert decided(found)["bridged.py"] == ["pending"]
    assert found.edits() == {}


def test_a_verdict_goes_with_the_text_that_was_run(browser, review):
    made = review()
    two = made.files[3]
    made.verdicts[two.path] = Verdict(two.path, digest_of(made.preview(two.path)), True, "equal: 2 exports")
    page = browser.open(render_review_page(made))
    badges = "return [...document.querySelectorAll('[data-verdict-of=\"3\"]')].map(b => b.textContent)"
    page.click("#file3-0 [data-say=accepted]")
    assert page.run(badges) == ["✓ proved equal"] * 2
    page.choose("verdict", "equal")
    assert page.shown() == ["file3-0", "file3-1"]
    page.choose("verdict", "")
    page.click("#file3-1 [data-say=rejected]")
    assert page.run(badges) == ["not verified"] * 2
    page.choose("verdict", "equal")
    assert page.shown() == []
    page.press("u")
    assert page.run(badges) == ["✓ proved equal"] * 2


def test_the_browser_keeps_decisions_of_this_page_only(browser, review):
    made = review()
    page = browser.open(render_review_page(made))
    page.press("jy")
    page.reload()
    assert page.states()[0] == "accepted"
    made.reject(made.items(made.files[2].path))
    page.open(render_review_page(made))
    assert page.states() == ["pending", "stays", "rejected", "pending", "pending"]


def test_it_works_where_nothing_can_be_kept(browser, html):
    page = browser.open(html)
    blocked = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
    done = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": blocked})
    try:
        page.reload()
        page.press("jy")
        assert page.states()[0] == "accepted"
        page.click("#theme")
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", done)


def test_markup_is_shown_and_never_run(browser, review):
    name = EVIL.replace("/", "\u2215") + ".py"
    code = f"""import tensorflow as tf
# {EVIL}
with tf.Session() as sess:
  x = tf.placeholder(tf.float32, [None], name="x")
  tf.saved_model.simple_save(sess, "</script><script>document.title='hurt'</script>", {{"<b>x</b>": x}}, {{"y": x}})
"""
    page = browser.open(render_review_page(review({name: code})))
    page.press("jyd")
    assert "hurt" not in page.driver.title
    assert page.run("return document.images.length + document.scripts.length") == 2
    shown = page.run("return document.querySelector('.filehead h2').textContent")
    assert name.replace("\u202e", "<U+202E>") in shown
    assert "</script><script>" in page.run("return document.querySelector('.lines').textContent")
    assert json.loads(page.run("return document.getElementById('json').value"))["files"][0]["path"] == name


def test_scripts_that_are_not_its_own_do_not_run(browser, html):
    page = browser.open(
        html.replace("<footer>", "<script>document.title = 'hurt'</script><p onclick='x()'></p><footer>")
    )
    assert "hurt" not in page.driver.title
    assert any("Content Security Policy" in entry["message"] for entry in page.driver.get_log("browser"))


def test_nothing_is_loaded(browser, html):
    page = browser.open(html)
    page.press("jyn")
    page.click("#theme")
    assert page.run("return performance.getEntriesByType('resource').length") == 0
    messages = [json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance")]
    urls = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    assert {url for url in urls if not url.startswith("file:")} == set()


def test_dark_and_light(browser, html):
    colour = "return getComputedStyle(document.body).backgroundColor"
    page = browser.open(html)
    light = page.run(colour)
    assert light == "rgb(255, 255, 255)"
    page.open(html, dark=True)
    dark = page.run(colour)
    assert dark != light
    page.click("#theme")
    assert page.run(colour) == light
    page.reload()
    assert page.run(colour) == light


@pytest.mark.parametrize("width", [320, 768, 1400])
def test_no_width_needs_scrolling_sideways(browser, html, width):
    page = browser.open(html, width=width)
    page.run("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.run("return document.documentElement.scrollWidth") <= width
    page.press("j")
    page.press("d")
    assert page.run("return document.querySelector('dialog[open]').getBoundingClientRect().right") <= width


def test_diffs_stand_side_by_side_where_there_is_room(browser, html):
    lefts = (
        "const line = s => Math.round(document.querySelector(`#file2-0 .g > ${s}`).getBoundingClientRect().left);"
        "return [line('del'), line('ins')]"
    )
    page = browser.open(html)
    removed, added = page.run(lefts)
    assert removed + 200 < added
    page.press("s")
    assert len(set(page.run(lefts))) == 1
    page.press("s")
    page.open(html, width=600)
    assert len(set(page.run(lefts))) == 1


def test_rows_of_both_sides_are_level(browser, html):
    page = browser.open(html)
    tops = page.run(
        "return [...document.querySelectorAll('.g > .e')].map(e => [e, e.nextElementSibling])"
        ".filter(([e, f]) => e.checkVisibility() && f.className === 'f')"
        ".map(([e, f]) => [e.getBoundingClientRect().top, f.getBoundingClientRect().top])"
    )
    assert tops
    assert all(left == right for left, right in tops)


def test_unfolded_lines_have_both_sides(browser, review):
    page = browser.open(render_review_page(review(long="import tensorflow as tf\n" + "# line\n" * 30 + GRAPH)))
    page.run("document.querySelector('details.fold').open = true")
    page.run("return new Promise(done => setTimeout(done, 100))")
    count = "return document.querySelectorAll('details.fold .{}').length"
    assert page.run(count.format("e")) == page.run(count.format("f")) > 10
    assert page.run("return document.querySelectorAll('.once').length") == 0


def test_help_and_keys_that_are_switched_off(browser, html):
    page = browser.open(html)
    page.press("?")
    assert page.run("return document.getElementById('keys').open")
    page.press("y")  # a dialog takes no decisions
    page.click("#keyboard")
    page.click("#keys [data-close]")
    page.press("jy")
    assert (page.current(), page.states()[0]) == (None, "pending")


def test_links_open_their_rule(browser, html):
    page = browser.open(html)
    page.run("document.querySelector('#file0-0 .message a').click()")
    page.run("return new Promise(done => setTimeout(done, 100))")
    assert page.run("return document.getElementById(location.hash.slice(1)).open")


def test_it_can_be_read_without_scripts(browser, html):
    page = browser.open(html)
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.reload()
        [button, *_] = page.driver.find_elements("css selector", "#file0-0 button")
        assert not button.is_displayed()
        assert not page.driver.find_element("css selector", ".filters").is_displayed()
        assert page.driver.find_element("css selector", "#file0-0 .lines ins").is_displayed()
        assert "bridge" in page.driver.find_element("css selector", "#file0-0").text
    finally:
        page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


GRAPH = """with tf.Session() as sess:
  x = tf.placeholder(tf.float32, [None], name="x")
  tf.saved_model.simple_save(sess, "out", {"x": x}, {"y": x * 2.0})
"""
