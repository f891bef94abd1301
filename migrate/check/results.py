"""What a check of a model found, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate.signatures.contract import Api, Violation


class Profile(StrEnum):
    """What the model is for."""

    SERVING = "serving"
    """TensorFlow Serving."""
    XAI = "xai"
    """AI Explanations, which TensorFlow Serving runs, too."""


class Severity(StrEnum):
    """What a finding means."""

    ERROR = "error"
    """Calls that it is about fail."""
    WARNING = "warning"
    """Some calls may fail, or it could not be told."""
    NOTE = "note"
    """Good to know; nothing is wrong."""


class Taken(StrEnum):
    """Whether an API takes a signature."""

    YES = "yes"
    UNNAMED = "unnamed"
    """All but the method name fits: only servers that do not compare method names take it."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about the model.

    Attributes:
        rule: Which rule it comes from, a key of `migrate.check.rules.RULES`.
        severity: What it means.
        message: What is the case; where it is about a signature, the signature is its subject.
        tags: Of the MetaGraph that it is about; None where it is about the whole model.
        signature: The key of the signature that it is about; empty where it is about none.
        remedy: What to do; empty where `options` say it all, or nothing is known.
        options: Options of `tf-migrate restore` that mend it; empty where none do.
    """

    rule: str
    severity: Severity
    message: str
    tags: tuple[str, ...] | None = None
    signature: str = ""
    remedy: str = ""
    options: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether something is wrong: exit code 1."""
        return self.severity is not Severity.NOTE


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one API takes one signature.

    Attributes:
        api: The API.
        taken: Whether it does.
        violations: What of the API's contract the signature does not meet.
    """

    api: Api
    taken: Taken
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """Calls of one signature with serialized tf.Examples (`run`).

    Attributes:
        api: The API whose rules were applied.
        batches: The numbers of examples with which it answered as the API demands.
        reason: Why not with others, or not at all; empty where every call was good.
    """

    api: Api
    batches: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One signature.

    Attributes:
        key: Its key.
        method_name: Its method name; may be empty.
        verdicts: One for each API: Predict, Classify, Regress.
        trials: What became of calls of it; empty where none were asked for.
    """

    key: str
    method_name: str
    verdicts: tuple[Verdict, ...]
    trials: tuple[Trial, ...] = ()

    def verdict(self, api: Api) -> Verdict:
        """The verdict of one API."""
        return next(verdict for verdict in self.verdicts if verdict.api is api)


@dataclass(frozen=True, slots=True)
class MetaGraphCheck:
    """One MetaGraph.

    Attributes:
        tags: Sorted.
        tensorflow_version: Of the writer; empty where it is not recorded.
        signatures: Sorted by key.
    """

    tags: tuple[str, ...]
    tensorflow_version: str
    signatures: tuple[SignatureCheck, ...]


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What `check_model` found.

    Attributes:
        path: The model, as it was given.
        file: Its saved_model.pb or saved_model.pbtxt.
        profile: What it was checked for.
        against: The original that it was compared with, or None.
        runtime: The minor version of TensorFlow that has to run it, or None.
        ran: Whether signatures were to be called.
        meta_graphs: What was checked, in the order of the file.
        findings: What was found, the worst first.
        commands: The calls of `tf-migrate restore` that mend what can be mended; several only where MetaGraphs need
            different options.
    """

    path: Path
    file: Path
    profile: Profile
    against: Path | None
    runtime: str | None
    ran: bool
    meta_graphs: tuple[MetaGraphCheck, ...]
    findings: tuple[Finding, ...]
    commands: tuple[tuple[str, ...], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is neither an error nor a warning."""
        return not any(finding.counts for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """How many findings are of one severity."""
        return sum(finding.severity is severity for finding in self.findings)
