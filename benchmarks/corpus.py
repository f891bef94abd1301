"""What becomes of the TensorFlow 1 code that is out there: levels, rules and reasons; crashes; speed.

    python benchmarks/corpus.py CHECKOUT...                 # directories
    python benchmarks/corpus.py --packages CACHE            # the packages of corpus_packages.toml, from PyPI
    python benchmarks/corpus.py CHECKOUT... --speed         # and the CPU time of tf_upgrade_v2 on the same files

Nothing of the corpus is run or written to. Exits with 1 where a file crashed the engine, where new text does not
parse, or where a second run would change it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_packages import fetch, read_packages
from corpus_speed import Speed, measure_speed
from corpus_survey import Survey, survey

from migrate.results import Level

if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> None:
    """Reads the command line, looks at the corpus and prints Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkouts", nargs="*", type=Path, metavar="CHECKOUT")
    parser.add_argument("--packages", type=Path, metavar="CACHE", help="the pinned packages too, downloaded to CACHE")
    parser.add_argument("--name", action="append", metavar="PACKAGE", help="only this package (repeatable)")
    parser.add_argument("--speed", action="store_true", help="measure tf_upgrade_v2 on the same files")
    parser.add_argument("--reasons", type=int, default=30, metavar="N", help="how many reasons to list")
    arguments = parser.parse_args()
    trees: list[Path] = list(arguments.checkouts)
    if arguments.packages is not None:
        wanted = [one for one in read_packages() if not arguments.name or one.name in arguments.name]
        trees += [fetch(one, arguments.packages) for one in wanted]
    if not trees:
        parser.error("neither a checkout nor --packages")
    surveys = [survey(tree) for tree in trees]
    speeds = {}
    if arguments.speed:
        speeds = {tree: measure_speed(tree, one.changed) for tree, one in zip(trees, surveys, strict=True)}
    print_levels(surveys)
    print_reasons(surveys, arguments.reasons)
    if arguments.speed:
        print_speeds(speeds)
    raise SystemExit(print_faults(surveys))


def print_levels(surveys: Sequence[Survey]) -> None:
    """Prints a table with a row for each tree that has a site."""
    levels = list(Level)
    print(f"| tree | files | sites | {' | '.join(levels)} | changed |")
    print(f"|---|---:|---:|{'---:|' * len(levels)}---:|")
    for one in [*(each for each in surveys if each.sites), _total(surveys)]:
        counts = " | ".join(str(sum(site.level is level for site in one.sites)) for level in levels)
        print(f"| {one.name} | {one.files} | {len(one.sites)} | {counts} | {len(one.changed)} |")
    print()


def print_reasons(surveys: Sequence[Survey], most: int) -> None:
    """Prints how many sites each rule decided, and the commonest reasons for not more."""
    total = _total(surveys)
    print("| level | kind | rule | sites |\n|---|---|---|---:|")
    for (level, kind, rule), count in sorted(
        total.by_rule().items(), key=lambda item: (list(Level).index(item[0][0]), -item[1])
    ):
        print(f"| {level} | {kind} | {rule} | {count} |")
    print("\n| not | by | because | sites |\n|---|---|---|---:|")
    for (level, strategy, reason), count in total.by_reason().most_common(most):
        print(f"| {level} | {strategy} | {reason.replace('|', '&#124;')} | {count} |")
    print()


def print_speeds(speeds: dict[Path, Speed]) -> None:
    """Prints CPU seconds of both, over whole trees and over the files that are rewritten."""
    heads = "rewrite | tf_upgrade_v2 | ratio"
    print(f"| tree | files | {heads} | changed files | {heads} | LibCST alone |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    rows = [(tree.name, speed) for tree, speed in speeds.items()]
    if len(rows) > 1:
        rows.append(("all", Speed.of([speed for _, speed in rows])))
    for name, speed in rows:
        print(f"| {name} | {speed.whole.row()} | {speed.changed.row()} | {speed.libcst:.2f} s |")
    print()


def print_faults(surveys: Sequence[Survey]) -> int:
    """Prints what must never happen.

    Returns:
        The exit code.
    """
    total = _total(surveys)
    print(f"crashes: {len(total.crashes)}; do not parse: {len(total.broken)}; second run changes: {len(total.unstable)}; "
          f"not Python 3: {len(total.unreadable)}")  # fmt: skip
    for said in (*total.crashes, *total.broken, *total.unstable):
        print(f"- {said}")
    return 1 if total.crashes or total.broken or total.unstable else 0


def _total(surveys: Sequence[Survey]) -> Survey:
    return Survey.of("all", surveys)


if __name__ == "__main__":
    main()
