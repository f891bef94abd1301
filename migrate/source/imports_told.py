"""Says which imports of a file that is rewritten TensorFlow 2 cannot carry out."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.results import Finding, Level, Site
from migrate.source.api.importable import failing_imports
from migrate.source.api.modules import gone_module

RULE = "TFM302"
_SHOWN = 3
_ADVICE = "cannot be imported under TensorFlow 2: take the import away, with the code that needs it, or replace both"


def with_imports_told(sites: tuple[Site, ...], before: str, after: str) -> tuple[Site, ...]:
    """The sites of a file, the first of them that is rewritten with a finding about such imports, where one is due.

    Args:
        sites: What is said about the file.
        before: Its text.
        after: Its new text.
    """
    first = next((site for site in sites if site.level is not Level.FLAGGED), None)
    if first is None or before == after or "tensorflow" not in after:
        return sites
    left = gone_imports(after)
    said = [finding.message for site in sites for finding in site.findings]
    lines = gone_imports(before) if left else {}
    named = {name: lines.get(name, line) for name, line in left.items() if not any(_says(one, name) for one in said)}
    if not named:
        return sites
    shown = [f"tensorflow.{name} (line {line})" for name, line in list(named.items())[:_SHOWN]]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    text = f"{', '.join(shown)}{more} {_ADVICE}"
    told = replace(first, findings=(*first.findings, Finding(RULE, first.line, first.column, text, first.level)))
    return tuple(told if site is first else site for site in sites)


def gone_imports(text: str) -> dict[str, int]:
    """The modules, and names of modules, that a text imports and TensorFlow 2 has not, and the first line of each.

    Args:
        text: The source of a module.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return {}
    found: dict[str, int] = {}
    for name, node in failing_imports(tree):
        gone = gone_module(name)
        # Of contrib all is gone: the part of it tells more.
        shown = name if gone is None else gone if "." in gone else ".".join(name.split(".")[:2])
        found.setdefault(shown, node.lineno)
    return found


def _says(message: str, name: str) -> bool:
    """Whether a finding names a module, or the part of TensorFlow that it is in."""
    part = ".".join(name.split(".")[:2])
    whole = f"tf.{name.partition('.')[0]} ("
    return f"tf.{part}" in message or f"tensorflow.{part}" in message or whole in message
