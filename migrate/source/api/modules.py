"""Which modules below `tensorflow` TensorFlow 2 has not, though TensorFlow 1 had them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_WHOLE = ("contrib", "examples", "estimator")
"""Packages of which all is gone."""


@cache
def _gone() -> frozenset[str]:
    raw: dict[str, list[str]] = json.loads((Path(__file__).parent / "modules.json").read_bytes())
    return frozenset((*raw["gone"], *_WHOLE))


def gone_module(name: str) -> str | None:
    """The module that is gone and has a name, or is it; None where there is none.

    Args:
        name: A name below `tensorflow`, such as `tools.graph_transforms.TransformGraph`.
    """
    parts = name.split(".")
    found = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return next((one for one in found if one in _gone()), None)
