"""Makes the pages about rules and strategies from rules/*.toml and from what the strategies say about themselves.

python docs/make_pages.py            writes docs/rules.md, docs/flagged.md and docs/strategies/*.md
python docs/make_pages.py --check    writes nothing; exits 1 if a page is not up to date
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from migrate.report.diff import unified_diff  # noqa: E402
from migrate.rules import Example, Rule, load_rules  # noqa: E402
from migrate.source.strategies import native  # noqa: E402
from migrate.source.strategies.registry import STRATEGIES  # noqa: E402

_MADE = "<!-- Made by docs/make_pages.py from rules/*.toml; change those. -->\n"


def pages() -> dict[Path, str]:
    """The text of every page, by its path below docs/."""
    rules = load_rules()
    found = {Path("rules.md"): _rules_page(rules), Path("flagged.md"): _flagged_page(rules)}
    for name, module in _strategies().items():
        own = [rule for rule in rules if rule.strategy == name]
        found[Path("strategies", f"{name}.md")] = _strategy_page(name, module, own)
    return found


def _strategies() -> dict[str, str]:
    """What each strategy says about itself, in the order they are tried."""
    found = {"native": inspect.getdoc(native) or ""}
    for strategy in STRATEGIES:
        found[strategy.name] = inspect.getdoc(sys.modules[strategy.plan.__module__]) or ""
    return found


def _rules_page(rules: tuple[Rule, ...]) -> str:
    rewriting = [rule for rule in rules if rule.strategy]
    reasons = [rule for rule in rules if not rule.strategy]
    return "".join(
        (
            _MADE,
            "# Rules\n\n",
            "Every finding has the id of a rule. `tf-migrate rules` prints this list; `tf-migrate explain ID` prints one\n"
            "rule with its reasons and its examples as diffs. Their source is one TOML file each in [rules](../rules), and\n"
            "the tests run every example.\n\n",
            "What is rewritten, and by which [strategy](levels.md):\n\n| id | level | strategy | |\n|---|---|---|---|\n",
            *(
                f"| {rule.id} | {rule.level} | [{rule.strategy}](strategies/{rule.strategy}.md#{_anchor(rule)}) "
                f"| {_sentence(rule.title)} |\n"
                for rule in rewriting
            ),
            "\nWhy a site is not higher, or is [flagged](flagged.md):\n\n| id | name | |\n|---|---|---|\n",
            *(
                f"| [{rule.id}](flagged.md#{_anchor(rule)}) | {rule.name} | {_sentence(rule.title)} |\n"
                for rule in reasons
            ),
            "\nA site gets the best level for which a strategy applies, and `tf-migrate scan` says why those before it do\n"
            "not. `--ignore ID` leaves a rule out: the site then gets the next lower level.\n\n"
            "To leave code alone: `# tf-migrate: skip` on the line of the export; the same on a line of its own above the\n"
            "first statement, or `# tf-migrate: skip-file` anywhere, for the whole file.\n",
        )
    )


def _flagged_page(rules: tuple[Rule, ...]) -> str:
    reasons = [rule for rule in rules if not rule.strategy]
    return "".join(
        (
            _MADE,
            "# What is flagged, and why\n\n"
            "A finding tells the reason in one clause, mostly with its line. This page tells the rest: why it is in the way\n"
            "of a native rewrite, and what to do by hand. Most of these sites still become wrapped or bridged; a site is\n"
            "flagged, and left as it is, where no level can be shown to be safe.\n\n",
            *(_rule(rule) for rule in reasons),
        )
    )


def _strategy_page(name: str, about: str, rules: list[Rule]) -> str:
    parts = [_MADE, f"# Strategy `{name}`\n\n", about.rstrip(), "\n\n", *(_rule(rule) for rule in rules)]
    return "".join(parts).rstrip() + "\n"


def _rule(rule: Rule) -> str:
    symbols = ", ".join(f"`{symbol}`" for symbol in rule.symbols)
    return "".join(
        (
            f"## {rule.id} {rule.name}\n\n{_sentence(rule.title)}.\n\n",
            f"About {symbols}.\n\n" if symbols else "",
            f"{rule.why}\n\n",
            *(_example(example) for example in rule.examples),
        )
    )


def _example(example: Example) -> str:
    note = f"{example.note}\n\n" if example.note else ""
    if example.after is None:
        heading = f"### {example.title}\n\n" if example.title else ""
        return f"{heading}```text\n{example.before.strip(chr(10))}\n```\n\n{note}"
    heading = f"### {example.title}\n\n" if example.title else "### Example\n\n"
    if example.asked:
        heading += f"With `--level {example.asked}`:\n\n"
    if example.module:
        heading += f"With a module `model.py`:\n\n```python\n{example.module.strip(chr(10))}\n```\n\n"
    return f"{heading}```diff\n{''.join(_diff(example))}```\n\n{note}"


def _diff(example: Example) -> Iterator[str]:
    assert example.after is not None
    lines = unified_diff(example.before.encode(), example.after.encode(), "example.py").decode().splitlines()
    for line in lines[2:]:  # without the names of files
        yield f"{line}\n"


def _anchor(rule: Rule) -> str:
    return f"{rule.id} {rule.name}".lower().replace(" ", "-")


def _sentence(title: str) -> str:
    return title[:1].upper() + title[1:]


def main() -> int:
    """Writes the pages, or checks them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is not up to date")
    check = parser.parse_args().check
    stale = [path for path, text in pages().items() if not _is(DOCS / path, text)]
    left = {path.relative_to(DOCS) for path in (DOCS / "strategies").glob("*.md")} - pages().keys()
    for path in [*stale, *sorted(left)]:
        print(f"docs/{path} is not up to date" if check else f"docs/{path}")
    if not check:
        for path in stale:
            (DOCS / path).parent.mkdir(exist_ok=True)
            (DOCS / path).write_text(pages()[path], encoding="utf-8")
        for path in left:
            (DOCS / path).unlink()
    return int(check and bool(stale or left))


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
