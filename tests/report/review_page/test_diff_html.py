from __future__ import annotations

import re
from html import unescape

from migrate.report.review_page.diff_html import Detail, diff_of

PLAIN = Detail(colours=False)


def lines(html: str, tag: str) -> list[str]:
    return [unescape(re.sub(r"<[^>]*>", "", one)) for one in re.findall(rf"<{tag}[ >].*?</{tag.split()[0]}>", html)]


def test_the_lines_of_a_change_stand_as_in_one_column():
    html = diff_of("a = 1\nb = 2\nc = 3\n", "a = 1\nbb = 2\nnew(x)\nc = 3\n", PLAIN).html
    assert re.findall(r"<(\w+) [^>]*data-n=(\d)", html) == [
        ("div", "1"),
        ("div", "1"),
        ("del", "2"),
        ("ins", "2"),
        ("ins", "3"),
        ("div", "3"),
        ("div", "4"),
    ]
    assert html.count("<s></s>") == 1  # beside the line that is new
    assert html.count("<u></u>") == 0


def test_copies_for_the_wide_form_are_not_read_aloud():
    html = diff_of("a = 1\nb = 2\n", "a = 1\nb = 3\n", PLAIN).html
    assert html.count("<div class=e data-n=1 data-m=1>a = 1</div>") == 1
    assert html.count("<div class=f data-n=1 aria-hidden=true>a = 1</div>") == 1


def test_all_of_the_text_is_there_once():
    before = "".join(f"line_{n} = {n}\n" for n in range(100))
    after = before.replace("line_50 = 50", "line_50 = 'fifty'")
    html = diff_of(before, after, Detail()).html
    assert sorted([*lines(html, "div class=e"), *lines(html, "ins")]) == sorted(after.splitlines())
    assert re.findall(r"<summary>(.*?)</summary>", html) == [
        "47 unchanged lines (1 to 47)",
        "46 unchanged lines (55 to 100)",
    ]


def test_few_unchanged_lines_are_not_folded():
    before = "".join(f"line_{n} = {n}\n" for n in range(1, 17))
    after = before.replace("line_7 =", "line_seven =").replace("line_16", "x")
    assert "<details" in diff_of(before + "y = 1\n" * 7, after + "y = 1\n" * 7, PLAIN).html
    assert "<details" not in diff_of(before, after, PLAIN).html


def test_changed_words_and_moved_lines_are_marked():
    before = "import a\n\n\ndef first(x):\n  return compute(x) + 1\n\n\ndef second():\n  pass\n\n\nvalue = function(1, 2, 3)\n"
    after = "import a\n\n\nvalue = function(1, 2, 3)\n\n\ndef first(x):\n  return compute(y) + 1\n\n\ndef second():\n  pass\n"
    diff = diff_of(before, after, PLAIN)
    assert 'class=m title="moved to line ' in diff.html
    assert 'class=m title="moved from line ' in diff.html
    assert "compute(<b>x</b>)" in diff.html
    assert "compute(<b>y</b>)" in diff.html
    assert diff.added == diff.removed
    assert diff.moved > 0


def test_line_ends_that_change_are_told():
    html = diff_of("a = 1\r\nb = 2", "a = 1\nb = 2\n", PLAIN).html
    assert re.findall(r"<em>(.*?)</em>", html) == ["CRLF", "no newline", "LF", "LF"]


def test_markup_in_the_code_is_text():
    evil = "x = '</div><script>alert(1)</script>&amp;\u202e\x1b'\n"
    for detail in (Detail(), PLAIN):
        html = diff_of(evil, evil.replace("x", "y"), detail).html
        assert "<script" not in html
        assert "\u202e" not in html
        assert "\x1b" not in html
        assert lines(html, "ins") == ["y = '</div><script>alert(1)</script>&amp;<U+202E>\u241b'"]


def test_unchanged_lines_can_be_left_out():
    before = "a = 1\n" * 50
    html = diff_of(before, before + "b = 2\n", Detail(colours=False, unchanged=False)).html
    assert '<p class="fold">47 unchanged lines (1 to 47), left out to keep the page small</p>' in html
    assert html.count("a = 1") == 6


def test_equal_texts_have_no_diff():
    assert diff_of("a = 1\n" * 9, "a = 1\n" * 9, Detail()).html == ""
