"""Says which imports of new code fail under TensorFlow 2, where no plan has said so."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.results import Finding, Level, Site
from migrate.source.api.importable import failing_imports
from migrate.source.tf1.told import RULE

_SHOWN = 3


def with_imports_told(sites: tuple[Site, ...], before: str, after: str) -> tuple[Site, ...]:
    """The sites of a file, the first of them that is rewritten with a finding about imports that fail, where one is due.

    Args:
        sites: What is said about the file.
        before: Its text.
        after: Its new text.
    """
    first = next((site for site in sites if site.level in (Level.NATIVE, Level.WRAPPED)), None)
    if first is None or before == after or "tensorflow" not in after:
        return sites
    names = list(dict.fromkeys(name for name, _ in failing_imports(ast.parse(after))))
    said = " ".join(finding.message for site in sites for finding in site.findings)
    names = [name for name in names if not any(part in said for part in _spellings(name))]
    if not names:
        return sites
    lines = {name: node.lineno for name, node in reversed(list(failing_imports(ast.parse(before))))}
    places = [f"tensorflow.{name}" + (f" (line {lines[name]})" if name in lines else "") for name in names[:_SHOWN]]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    text = f"TensorFlow 2 has no {', '.join(places)}{more}: the import fails, and must be replaced before the file runs"
    told = replace(first, findings=(*first.findings, Finding(RULE, first.line, first.column, text, first.level)))
    return tuple(told if site is first else site for site in sites)


def _spellings(name: str) -> tuple[str, ...]:
    """How other findings call something, with less of its path."""
    parts = name.removeprefix("compat.v1.").split(".")
    depth = {"contrib": 3, "examples": 1, "estimator": 1}.get(parts[0], len(parts))
    return (f"tf.{'.'.join(parts[:depth])}", f"tensorflow.{name}", f"tensorflow.{'.'.join(parts)}")
