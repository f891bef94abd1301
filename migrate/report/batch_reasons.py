"""Reasons without what differs from file to file, so that they can be counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from migrate.results import Level

# What follows are words of Python's own, such as `print`.
_SYNTAX = "not valid Python"
_NUMBER = r"(?:cell \d+, )?lines? \d+(?:(?:, | and |-)\d+)*"
_LINE = re.compile(rf" \({_NUMBER}\)|,? (?:on|in|at) {_NUMBER}|\b{_NUMBER}")
_QUOTED = re.compile(r"(?<!\w)'[^']*'(?!\w)|(?<!\w)\"[^\"]*\"(?!\w)")
_IN_BRACKETS = re.compile(r"('…'|\w) \([^()]*\)(?= )")
_CALL = re.compile(r"(?<![\w.'])(?!tf\.)[\w.]+\([^()]*\)")
_CODE = re.compile(r"(?<![\w.'])(?!tf\.|compat\.v1|tensorflow)(?:\w+\.\w[\w.]*|\w*[a-z0-9]_\w+|_\w+)(?![\w'])")
_NAMED = re.compile(
    r"\bthe (session|class|helper|dictionary|asset|cell|object|method) (?!(?:is|are|comes|has|may|of|that|with)\b)[^\s'…]+"
    r"(?= (?:is|comes|has|inherits|reads|uses|changes|may|of)\b)"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why sites are not native.

    Attributes:
        rule: The rule that tells more about it.
        text: One clause.
    """

    rule: str
    text: str


def why_not_native(site: Mapping[str, Any]) -> Reason | None:
    """What stands in the way of the best level; None where nothing does, or no better level is known for such a site.

    Args:
        site: A site of a record.
    """
    if site["level"] == Level.NATIVE:
        return None
    for refusal in site["refusals"]:
        if refusal["level"] == Level.NATIVE:
            return Reason(refusal["rule"], general(refusal["reason"]))
    if site["reason"] is None:
        return None
    rule = next((one["rule"] for one in site["refusals"] if one["reason"] == site["reason"]), site["rule"])
    return Reason(rule, general(site["reason"]))


def general(reason: str) -> str:
    """A reason without lines, and with an ellipsis for every name that is the file's own.

    Names of TensorFlow stay: that is what one plans by.
    """
    text = _LINE.sub("", reason).strip()
    if text.startswith(_SYNTAX):
        return text
    text = _QUOTED.sub(lambda found: found.group() if found.group()[1:-1].startswith("tf.") else "'…'", text)
    text = _IN_BRACKETS.sub(r"\1", text)
    text = _NAMED.sub(r"the \1 …", text)
    return _CODE.sub("…", _CALL.sub("…", text))
