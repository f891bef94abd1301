"""Takes method names, key by key, from the model that an export replaces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from migrate.restore.changes import MethodName

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
    """

    key: str
    method_name: str
    outcome: Outcome
    candidates: tuple[str, ...] = ()


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
    original: MetaGraph, signatures: Mapping[str, SignatureDef], named: frozenset[str]
) -> tuple[tuple[Match, ...], tuple[MethodName, ...]]:
    """What the original says about each of its signatures, and the method names to set.

    Args:
        original: The original's MetaGraph.
        signatures: The model's signatures by key, after renames and copies.
        named: Keys whose method name is given otherwise.
    """
    matches, method_names = [], []
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
            matches.append(Match(signature.key, signature.method_name, Outcome.RESTORED))
            method_names.append(MethodName(signature.key, signature.method_name))
    return tuple(matches), tuple(method_names)


def _looks_like(one: SignatureDef, other: SignatureDef) -> bool:
    return _kinds(one.inputs) == _kinds(other.inputs) and _kinds(one.outputs) == _kinds(other.outputs)


def _kinds(infos: Sequence[TensorInfo]) -> list[tuple[str, str]]:
    return [(info.key, info.dtype) for info in infos]
