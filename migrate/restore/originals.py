"""Takes method names, key by key, from the model that an export replaces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from migrate.restore.changes import MethodName
from migrate.signatures.contract import Severity, Violation, api_of, violations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo

_SERVE = ("serve",)


class Outcome(StrEnum):
    """What became of a signature of the original."""

    RESTORED = "restored"
    """The model's signature gets its method name."""
    SAME = "same"
    """The model's signature has it already, or is given another one by name, or the original's has none."""
    UNSERVABLE = "unservable"
    """The API of its method name could never take the model's signature, and could take the original's."""
    MISSING = "missing"
    """The model has no signature with that key."""


@dataclass(frozen=True, slots=True)
class Match:
    """One signature of the original.

    Attributes:
        key: Its key.
        method_name: Its method name.
        outcome: What became of it.
        candidates: Where it is missing: signatures of the model, unknown to the original, with the same inputs and
            outputs.
        reason: Why the API could never take it, where it is unservable; what was wrong already, where it is restored
            although the API could take neither.
        remedy: What to do about that.
    """

    key: str
    method_name: str
    outcome: Outcome
    candidates: tuple[str, ...] = ()
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """What an original says about a model.

    Attributes:
        matches: What became of each of its signatures.
        method_names: The method names to set.
        tolerated: By signature, the contract's rules that the original's signature does not meet either.
    """

    matches: tuple[Match, ...]
    method_names: tuple[MethodName, ...]
    tolerated: Mapping[str, frozenset[str]]


def original_meta_graph(originals: Sequence[MetaGraph], tags: tuple[str, ...]) -> MetaGraph | None:
    """The MetaGraph of the original that a MetaGraph of the model replaces.

    Args:
        originals: The original's MetaGraphs.
        tags: The model's MetaGraph's tags.

    Returns:
        That with the same tags, else the only one, else that for serving; None where there is none of these.
    """
    by_tags = {meta_graph.tags: meta_graph for meta_graph in originals}
    if tags in by_tags:
        return by_tags[tags]
    return originals[0] if len(originals) == 1 else by_tags.get(_SERVE)


def match(
    original: MetaGraph, signatures: Mapping[str, SignatureDef], named: frozenset[str], *, force: bool = False
) -> Matched:
    """What the original says about each of its signatures, and the method names to set.

    Args:
        original: The original's MetaGraph.
        signatures: The model's signatures by key, after renames and copies.
        named: Keys whose method name is given otherwise.
        force: Whether to set also method names whose API could never take the model's signature.
    """
    matches, method_names = [], []
    tolerated: dict[str, frozenset[str]] = {}
    for signature in original.signatures:
        there = signatures.get(signature.key)
        if there is None:
            known = original.by_key
            candidates = tuple(
                key for key, other in signatures.items() if key not in known and _looks_like(signature, other)
            )
            matches.append(Match(signature.key, signature.method_name, Outcome.MISSING, candidates))
        elif signature.key in named or signature.method_name in ("", there.method_name):
            matches.append(Match(signature.key, signature.method_name, Outcome.SAME))
        else:
            tolerated[signature.key] = frozenset(one.rule for one in _errors(signature, signature.method_name))
            errors = _errors(there, signature.method_name)
            new = [one for one in errors if one.rule not in tolerated[signature.key]]
            outcome = Outcome.UNSERVABLE if new and not force else Outcome.RESTORED
            said = new or errors
            reason = "; also ".join(dict.fromkeys(one.message for one in said))
            remedy = next((one.remedy or " ".join(one.options) for one in said), "")
            matches.append(Match(signature.key, signature.method_name, outcome, reason=reason, remedy=remedy))
            if outcome is Outcome.RESTORED:
                method_names.append(MethodName(signature.key, signature.method_name))
    return Matched(tuple(matches), tuple(method_names), tolerated)


def _errors(signature: SignatureDef, method_name: str) -> list[Violation]:
    api = api_of(method_name)
    found = () if api is None else violations(signature, api)
    return [violation for violation in found if violation.severity is Severity.ERROR]


def _looks_like(one: SignatureDef, other: SignatureDef) -> bool:
    return _kinds(one.inputs) == _kinds(other.inputs) and _kinds(one.outputs) == _kinds(other.outputs)


def _kinds(infos: Sequence[TensorInfo]) -> list[tuple[str, str]]:
    return [(info.key, info.dtype) for info in infos]
