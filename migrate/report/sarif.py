"""Findings of any command as SARIF 2.1.0, which code hosts and editors show.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html; the numbers are its sections.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from migrate.places import relative_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.report.replacements import Replacement

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"

SarifLevel = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class SarifRule:
    """What is looked for (3.49, reportingDescriptor).

    Attributes:
        id: Its name in results.
        description: What it is about, in a line.
        name: A name for people; empty for none.
        help: More about it, in Markdown; empty where the description is all.
        level: How bad it is what it finds, where a result does not say it.
    """

    id: str
    description: str
    name: str = ""
    help: str = ""
    level: SarifLevel | None = None


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
class SarifFix:
    """A change of the file that does away with a result (3.55, fix).

    Attributes:
        description: What it does.
        replacements: What is replaced in the file of the result; at least one.
    """

    description: str
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class SarifRelated:
    """Another place in the file of a result that has to do with it (3.27.22, relatedLocations).

    Attributes:
        line: From 1.
        column: From 1, in characters; None where the line is all there is to say.
        message: What it has to do with it.
    """

    line: int
    column: int | None
    message: str


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
        end_column: Where it ends on this line, behind the last character; None for the end of the line.
        logical: The place in a file without lines.
        fingerprint: The same for the same finding in another version of the file; empty for none.
        fix: What does away with it.
        related: Other places that have to do with it.
        properties: What else there is to say, for programs (3.8).
        base: The name of what a relative `path` starts from (3.4.4), where it is not where the command runs.
    """

    rule: str
    level: SarifLevel
    message: str
    path: PurePath
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    logical: SarifLogical | None = None
    fingerprint: str = ""
    fix: SarifFix | None = None
    related: tuple[SarifRelated, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    base: str | None = None


def to_sarif(rules: Iterable[SarifRule], results: Iterable[SarifResult], *, root: Path | None = None) -> str:
    """One SARIF log with one run.

    Args:
        rules: Those that were looked for; results name no others.
        results: What was found, in its order.
        root: Where the sources are: files below it are named relative to it, as `%SRCROOT%`. Where it is, is not
            written into the log, which may be read on another machine.

    Returns:
        The document, in ASCII, with a newline in the end.
    """
    rules = tuple(rules)
    indices = {rule.id: index for index, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": driver(rules)},
        # Columns of Python's text are code points (3.14.17).
        "columnKind": "unicodeCodePoints",
        # So does Python count lines (3.14.18).
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [result_dict(result, indices, root) for result in results],
    }
    if root is not None:
        run["originalUriBaseIds"] = {_ROOT: {"description": {"text": "The top of the source tree."}}}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def driver(rules: Iterable[SarifRule]) -> dict[str, Any]:
    """What looks for the rules (3.19, toolComponent)."""
    from migrate import __version__

    return {
        "name": "tf-migrate",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: SarifRule) -> dict[str, Any]:
    made: dict[str, Any] = {"id": rule.id}
    if rule.name:
        made["name"] = rule.name
    # GitHub asks for all three. Plain text is required beside Markdown (3.49.13), which can be read as such.
    made["shortDescription"] = {"text": rule.description}
    made["fullDescription"] = {"text": rule.description}
    made["help"] = {"text": rule.help, "markdown": rule.help} if rule.help else {"text": rule.description}
    if rule.level is not None:
        made["defaultConfiguration"] = {"level": rule.level}
    return made


def result_dict(result: SarifResult, indices: Mapping[str, int], root: Path | None = None) -> dict[str, Any]:
    """A result as SARIF has it.

    Args:
        result: What was found.
        indices: The place of each rule among those of the run.
        root: The top of the source tree, that paths below it start from.
    """
    artifact = _artifact(result.path, root)
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if result.base is not None:
        physical["artifactLocation"] = {"uri": artifact_uri(result.path), "uriBaseId": result.base}
    if result.line is not None:
        physical["region"] = {"startLine": result.line}
        if result.column is not None:
            physical["region"]["startColumn"] = result.column
        if result.end_column is not None:
            physical["region"] |= {"endLine": result.line, "endColumn": result.end_column}
    location: dict[str, Any] = {"physicalLocation": physical}
    if result.logical is not None:
        logical = result.logical
        location["logicalLocations"] = [
            {"name": logical.name, "fullyQualifiedName": logical.full_name, "kind": logical.kind}
        ]
    made: dict[str, Any] = {
        "ruleId": result.rule,
        "ruleIndex": indices[result.rule],
        "level": result.level,
        "message": {"text": result.message},
        "locations": [location],
    }
    if result.related:
        made["relatedLocations"] = [_related(number, one, artifact) for number, one in enumerate(result.related)]
    if result.fingerprint:
        made["partialFingerprints"] = {"tfMigrate/v1": result.fingerprint}
    if result.fix is not None:
        made["fixes"] = [_fix(result.fix, artifact)]
    if result.properties:
        made["properties"] = dict(result.properties)
    return made


def _related(number: int, related: SarifRelated, artifact: dict[str, str]) -> dict[str, Any]:
    region = {"startLine": related.line}
    if related.column is not None:
        region["startColumn"] = related.column
    return {
        "id": number,
        "physicalLocation": {"artifactLocation": artifact, "region": region},
        "message": {"text": related.message},
    }


def _fix(fix: SarifFix, artifact: dict[str, str]) -> dict[str, Any]:
    replacements = [_replacement(one) for one in fix.replacements]
    return {
        "description": {"text": fix.description},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }


def _replacement(replacement: Replacement) -> dict[str, Any]:
    region = {
        "startLine": replacement.line,
        "startColumn": replacement.column,
        "endLine": replacement.end_line,
        "endColumn": replacement.end_column,
    }
    made: dict[str, Any] = {"deletedRegion": region}
    if replacement.text:
        made["insertedContent"] = {"text": replacement.text}
    return made


def _artifact(path: PurePath, root: Path | None) -> dict[str, str]:
    place = path if root is None else relative_to(str(path), root)
    made = {"uri": artifact_uri(place)}
    if root is not None and not place.is_absolute():
        made["uriBaseId"] = _ROOT
    return made


def artifact_uri(path: PurePath) -> str:
    """A path as SARIF wants it (3.4.3): a relative one is a relative reference with forward slashes."""
    # As bytes, since names need not be valid in the encoding of the system.
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
