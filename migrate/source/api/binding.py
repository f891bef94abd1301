"""Matches the arguments of a call with the parameters of a TF1 symbol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.source.api.answers import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments of a call, by the parameter they are for.

    Attributes:
        name: The TF1 name.
        sources: Parameter to position or keyword, in the order of the call.
        literals: Texts of arguments, by position or keyword.
        facts: What is known about arguments, by position or keyword.
    """

    name: str
    sources: dict[str, int | str]
    literals: Mapping[int | str, str]
    facts: Mapping[int | str, Collection[str]]

    def text(self, parameter: str) -> str | None:
        """The text of an argument; None where it is not given, or its text is not known."""
        source = self.sources.get(parameter)
        return None if source is None else self.literals.get(source)

    def knows(self, parameter: str, fact: str) -> bool:
        """Whether a fact about an argument is known."""
        source = self.sources.get(parameter)
        return source is not None and fact in self.facts.get(source, ())


def bind(
    name: str,
    parameters: list[str],
    positional: int,
    keywords: tuple[str, ...],
    literals: Mapping[int | str, str],
    facts: Mapping[int | str, Collection[str]],
) -> Given | Refusal:
    """Matches arguments with parameters as Python does, or says why the call does not fit.

    Args:
        name: The TF1 name.
        parameters: Its parameters, in order.
        positional: How many positional arguments there are.
        keywords: The keywords, in order.
        literals: Texts of arguments.
        facts: What is known about arguments.
    """
    if positional > len(parameters):
        return Refusal(f"tf.{name} takes {len(parameters)} arguments in TF 1.15, and is given {positional}")
    sources: dict[str, int | str] = {parameters[index]: index for index in range(positional)}
    for keyword in keywords:
        if keyword not in parameters:
            return Refusal(f"tf.{name} has no argument {keyword} in TF 1.15")
        if keyword in sources:
            return Refusal(f"tf.{name} is given its argument {keyword} twice")
        sources[keyword] = keyword
    return Given(name, sources, literals, facts)
