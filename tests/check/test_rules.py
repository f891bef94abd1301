"""Every rule has a description, a line in the docs, and is found in the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrate.check.rules import CONTRACT, RULES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "check.md").read_text("utf-8")
SOURCES = [*(ROOT / "migrate" / "check").glob("*.py"), *(ROOT / "migrate" / "signatures" / "contract").glob("*.py")]


def ids_in_code() -> set[str]:
    """The ids that findings, differences and violations are made with; those with a part left open, spelled out."""
    found: set[str] = set()
    for source in SOURCES:
        if source.name == "rules.py":
            continue
        text = source.read_text("utf-8")
        written = r"""\b(?:Finding|finding|Difference|Violation|yield)\(?\s*(f?)"([^" ]+)\""""
        for formatted, name in re.findall(written, text):
            choices = {
                "{api}": ("classify", "regress"),
                "{what}": ("input", "output"),
                "{info.key}": ("classes", "scores"),
            }
            names = {name}
            for hole, words in choices.items() if formatted else ():
                names = {one.replace(hole, word) for one in names for word in words}
            found |= {one for one in names if "-" in one or one == "tags"}
    return found


def test_the_code_uses_them_all_and_no_others():
    assert ids_in_code() == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_they_are_documented(rule):
    assert f"`{rule}`" in PAGE


def test_the_page_knows_no_others():
    tables = re.findall(r"^\| (`[^|]+`) \| (?:error|warning|note)", PAGE, re.MULTILINE)
    assert {name for cell in tables for name in re.findall(r"`([^`]+)`", cell)} == set(RULES)


def test_descriptions_are_short_and_differ():
    assert len(set(RULES.values())) == len(RULES)
    assert all(0 < len(text) < 90 and not text.endswith(".") for text in RULES.values())
    assert set(CONTRACT) < set(RULES)
