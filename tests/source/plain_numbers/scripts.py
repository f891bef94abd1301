"""Runs a script with the stand-in for TensorFlow."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from plain_numbers.exports import Export
from plain_numbers.graphs import new_world
from plain_numbers.tensorflow1 import tensorflow1
from plain_numbers.tensorflow2 import tensorflow2


def exports(code: str, *, modern: bool) -> dict[str, Export]:
    """What a script exports under TensorFlow 1, or 2."""
    names = tensorflow2() if modern else tensorflow1()
    module = ModuleType("tensorflow")
    module.__getattr__ = names.__getattr__
    module.__dict__.update(vars(names))
    with pytest.MonkeyPatch.context() as patch, new_world(modern=modern) as made:
        patch.setitem(sys.modules, "tensorflow", module)
        exec(compile(code, "script.py", "exec"), {"__name__": "__main__"})
        return made.exports
