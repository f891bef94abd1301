"""Renders a ModelCheck as SARIF."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from migrate.check.rules import RULES
from migrate.report.sarif import SarifLogical, SarifResult, SarifRule, to_sarif

if TYPE_CHECKING:
    from migrate.check.results import Finding, ModelCheck


def render_sarif(check: ModelCheck) -> str:
    """The findings as a SARIF log; signatures are logical locations in the model's file."""
    rules = [SarifRule(rule, description) for rule, description in RULES.items()]
    return to_sarif(rules, [_result(finding, check) for finding in check.findings])


def _result(finding: Finding, check: ModelCheck) -> SarifResult:
    subject = f"signature `{finding.signature}`: " if finding.signature else ""
    remedy = finding.remedy
    if finding.options:
        remedy = f"mend it: {shlex.join(('tf-migrate', 'restore', str(check.path), *finding.options))}"
    text = f"{subject}{finding.message}{f' ({remedy})' if remedy else ''}"
    return SarifResult(finding.rule, finding.severity.value, text, check.file, logical=_logical(finding))


def _logical(finding: Finding) -> SarifLogical | None:
    if finding.tags is None:
        return None
    tags = ",".join(finding.tags)
    if not finding.signature:
        return SarifLogical(tags, tags, "module")
    return SarifLogical(finding.signature, f"{tags}/{finding.signature}", "function")
