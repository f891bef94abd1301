"""What a script exported, and whether two scripts exported the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Numbers = dict[str, float]


@dataclass(frozen=True)
class Export:
    """The signatures of a model, with what they answer, and its variables by name."""

    signatures: dict[str, tuple[Answer, ...]]
    variables: Numbers


@dataclass(frozen=True)
class Answer:
    """What a signature makes of some inputs."""

    inputs: Numbers
    outputs: Numbers


def answers(inputs: Iterable[str], call: Callable[[Numbers], Numbers]) -> tuple[Answer, ...]:
    """A signature's outputs for some inputs, which are other numbers for each name."""
    names = sorted(inputs)
    examples = [{name: 0.5 + 1.25 * place + 0.75 * shift for place, name in enumerate(names)} for shift in range(2)]
    return tuple(Answer(example, call(example)) for example in examples)


def differences(before: dict[str, Export], after: dict[str, Export]) -> list[str]:
    """Where exports differ. Variables that no signature needs may be gone."""
    if before.keys() != after.keys():
        return [f"exports {sorted(before)}, now {sorted(after)}"]
    found = []
    for path, old in before.items():
        new = after[path]
        if old.signatures.keys() != new.signatures.keys():
            found.append(f"{path}: signatures {sorted(old.signatures)}, now {sorted(new.signatures)}")
            continue
        for key in old.signatures:
            for was, now in zip(old.signatures[key], new.signatures[key], strict=True):
                if was.inputs != now.inputs or not _close(was.outputs, now.outputs):
                    found.append(f"{path}: {key} was {was}, now {now}")
        known = {name: value for name, value in old.variables.items() if name in new.variables}
        if not _close(known, new.variables):
            found.append(f"{path}: variables {old.variables}, now {new.variables}")
    return found


def _close(before: Numbers, after: Numbers) -> bool:
    return before.keys() == after.keys() and all(
        math.isclose(before[name], after[name], rel_tol=1e-6, abs_tol=1e-6) for name in before
    )
