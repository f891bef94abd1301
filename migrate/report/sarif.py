"""Findings of any command as SARIF 2.1.0, which code hosts and editors show.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html; the numbers are its sections.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(frozen=True, slots=True)
class SarifRule:
    """What is looked for (3.49, reportingDescriptor).

    Attributes:
        id: Its name in results.
        description: What holds where it finds nothing, in a line.
    """

    id: str
    description: str


@dataclass(frozen=True, slots=True)
class SarifLogical:
    """A place that is no line (3.33, logicalLocation).

    Attributes:
        name: For instance a signature's key.
        full_name: With what it is in, for instance `serve/serving_default`.
        kind: For instance `function`.
    """

    name: str
    full_name: str
    kind: str


@dataclass(frozen=True, slots=True)
class SarifResult:
    """Something that was found (3.27, result).

    Attributes:
        rule: The id of a rule.
        level: How bad it is.
        message: What is the case and what to do.
        path: The file; relative to where the command runs, or absolute.
        line: From 1; None where the file has no lines.
        column: From 1, in characters; None where the line is all there is to say.
        logical: The place in a file without lines.
        base: The name of what a relative `path` starts from (3.4.4), where it is not where the command runs.
    """

    rule: str
    level: Literal["error", "warning", "note"]
    message: str
    path: PurePath
    line: int | None = None
    column: int | None = None
    logical: SarifLogical | None = None
    base: str | None = None


def to_sarif(rules: Iterable[SarifRule], results: Iterable[SarifResult]) -> str:
    """One SARIF log with one run.

    Args:
        rules: Those that were looked for; results name no others.
        results: What was found, in its order.

    Returns:
        The document, in ASCII, with a newline in the end.
    """
    rules = tuple(rules)
    indices = {rule.id: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": driver(rules)},
        # Columns of Python's text are code points (3.14.17).
        "columnKind": "unicodeCodePoints",
        "results": [result_dict(result, indices) for result in results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def driver(rules: Iterable[SarifRule]) -> dict[str, Any]:
    """What looks for the rules (3.19, toolComponent)."""
    from migrate import __version__

    return {
        "name": "tf-migrate",
        "version": __version__,
        "rules": [{"id": rule.id, "shortDescription": {"text": rule.description}} for rule in rules],
    }


def result_dict(result: SarifResult, indices: Mapping[str, int]) -> dict[str, Any]:
    """A result as SARIF has it.

    Args:
        result: What was found.
        indices: The place of each rule among those of the run.
    """
    physical: dict[str, Any] = {"artifactLocation": {"uri": artifact_uri(result.path)}}
    if result.base is not None:
        physical["artifactLocation"]["uriBaseId"] = result.base
    if result.line is not None:
        physical["region"] = {"startLine": result.line}
        if result.column is not None:
            physical["region"]["startColumn"] = result.column
    location: dict[str, Any] = {"physicalLocation": physical}
    if result.logical is not None:
        logical = result.logical
        location["logicalLocations"] = [
            {"name": logical.name, "fullyQualifiedName": logical.full_name, "kind": logical.kind}
        ]
    return {
        "ruleId": result.rule,
        "ruleIndex": indices[result.rule],
        "level": result.level,
        "message": {"text": result.message},
        "locations": [location],
    }


def artifact_uri(path: PurePath) -> str:
    """A path as SARIF wants it (3.4.3): a relative one is a relative reference with forward slashes."""
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
