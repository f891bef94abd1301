"""What a runtime cannot run, gathered so that one message can name it all."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.errors import MigrateError

_SHOWN = 5
_NODES = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the runtime does not have.

    Attributes:
        what: The operation or attribute, and what is wrong with it.
        node: Where: the node, with its function before it, or the signature and the key: `FUNCTION/NODE`.
    """

    what: str
    node: str


def raise_problems(where: str, minor: str, problems: list[Problem]) -> None:
    """Raises one error for all problems, if there are any.

    Raises:
        MigrateError: There are.
    """
    if not problems:
        return
    nodes: dict[str, list[str]] = {}
    for problem in problems:
        nodes.setdefault(problem.what, []).append(problem.node)
    said = []
    for what, names in list(nodes.items())[:_SHOWN]:
        more = f" and {len(names) - _NODES} more" if len(names) > _NODES else ""
        said.append(f"{what} ({', '.join(names[:_NODES])}{more})")
    more = f"; and {len(nodes) - _SHOWN} more kinds" if len(nodes) > _SHOWN else ""
    raise MigrateError(f"{where}: TensorFlow {minor} cannot run it: {'; '.join(said)}{more}")
