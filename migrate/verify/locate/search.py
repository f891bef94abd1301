"""Looks for the operation, variable, table or name at which two models part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.verify.locate.align import Pair
from migrate.verify.locate.exchanged import exchanged
from migrate.verify.locate.explain import explain
from migrate.verify.locate.inline import CannotInlineError
from migrate.verify.locate.pairing import first_place
from migrate.verify.locate.side import Side
from migrate.verify.locate.state import changes_of, other_state
from migrate.verify.locate.values import Values
from migrate.verify.models import Failure, Model, error_line, output_tensors
from migrate.verify.results import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.signatures import SignatureDef
    from migrate.verify.calls import Answers
    from migrate.verify.samples import Sample


def locate(
    models: tuple[Answers, Answers], signatures: tuple[SignatureDef, SignatureDef], failing: Mapping[str, Sample]
) -> tuple[dict[str, Location], list[str]]:
    """The first place, in dataflow order, where two models part, for each output that differs.

    Both models run again on a sample on which the output differed.

    Args:
        models: Both. Of one whose answers were recorded only exchanged outputs are found.
        signatures: Their declarations of one key.
        failing: The outputs that differ, each with a sample on which it did.

    Returns:
        By output the location; and, for those without one, a sentence that says why.
    """
    found = _exchanged(models, signatures, failing)
    notes: list[str] = []
    opened: dict[str, Values] = {}
    first, second = models
    for name, sample in failing.items():
        if name in found:
            continue
        if not (isinstance(first, Model) and isinstance(second, Model)):
            why = "of the first model only the answers are known; verify with both models finds it"
            notes.append(f"output {name!r}: where the numbers part could not be looked for: {why}")
            continue
        try:
            if sample.label not in opened:
                sides = Side(first, signatures[0], sample), Side(second, signatures[1], sample)
                opened[sample.label] = Values(*sides, {})
            location = _of_output(opened[sample.label], signatures[0], name)
        except CannotInlineError as error:
            notes.append(f"output {name!r}: where the numbers part could not be looked for: {error}")
        except Exception as error:  # What goes wrong here must not take the comparison with it.
            reason = f"{type(error).__name__}: {error_line(error)}"
            notes.append(f"output {name!r}: where the numbers part was not found: {reason}")
        else:
            if location is None:
                notes.append(
                    f"output {name!r}: run again, it was equal; so it depends on chance, or on what was called before"
                )
            else:
                found[name] = location
    return found, notes


def _exchanged(
    models: tuple[Answers, Answers], signatures: tuple[SignatureDef, SignatureDef], failing: Mapping[str, Sample]
) -> dict[str, Location]:
    sample = next(iter(failing.values()))
    answers = [model.run(signature, sample.inputs) for model, signature in zip(models, signatures, strict=True)]
    if any(isinstance(answer, Failure) for answer in answers):
        return {}
    ours, theirs = (answer.parts for answer in answers if not isinstance(answer, Failure))
    order = exchanged(list(failing), ours, theirs)
    found = {}
    for name, other in order.items():
        mine, its = (signature.output(name) for signature in signatures)
        if mine is not None and its is not None:
            verb = "are exchanged" if order[other] == name else "are mixed up"
            message = (
                f"the outputs {name!r} and {other!r} {verb}: {name!r} of the first model is {other!r} of the second"
            )
            found[name] = Location(mine.name, its.name, inputs_agree=True, message=message)
    return found


def _of_output(values: Values, signature: SignatureDef, name: str) -> Location | None:
    a, b = values.a, values.b
    changed = (*changes_of(a), *changes_of(b))
    if changed:
        location = other_state(values)
        if location is None:
            raise CannotInlineError(f"the signature changes variables ({', '.join(dict.fromkeys(changed))})")
        return location
    info = signature.output(name)
    for part, _ in () if info is None else output_tensors(info):
        if part in a.outputs and part in b.outputs:
            place = first_place(values, Pair(a.outputs[part], b.outputs[part]))
            if place is not None:
                return explain(place, values)
    return None
