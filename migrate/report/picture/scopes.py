"""The visible nodes of a flow as a tree of name scopes, in which a v1 while loop is one scope."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrate.report.picture.flow import Flow

_NUMBER = re.compile(r"\d+")


@dataclass(slots=True, eq=False)
class Scope:
    """A name scope.

    Attributes:
        name: Its full name; of a loop, the frame's.
        is_loop: Whether it is a v1 while loop.
        children: The scopes in it, by the last part of their names.
        leaves: The visible nodes directly in it.
        size: How many visible nodes are in it, those of inner scopes included.
    """

    name: str
    is_loop: bool = False
    children: dict[str, Scope] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def family(self) -> str:
        """The name with its numbers left out: layer_0 and layer_11 are of one family."""
        return _NUMBER.sub("#", self.name)

    def nodes(self) -> Iterator[str]:
        """All visible nodes in it."""
        stack = [self]
        while stack:
            scope = stack.pop()
            yield from scope.leaves
            stack.extend(scope.children.values())

    def single(self) -> Scope:
        """The scope itself, or where all it has is one scope (not a loop), that one, and so on."""
        scope = self
        while not scope.leaves and len(scope.children) == 1:
            (child,) = scope.children.values()
            if child.is_loop:
                break
            scope = child
        return scope

    def tight(self) -> Scope:
        """What `single` gives; or the loop, where a loop is all there is in it."""
        scope = self.single()
        if not scope.leaves and len(scope.children) == 1:
            (scope,) = scope.children.values()
        return scope


def scope_tree(flow: Flow, nodes: Iterable[str], *, within: int = 0) -> Scope:
    """The tree of some of a flow's nodes.

    Args:
        flow: The flow.
        nodes: Those to take.
        within: In how many while loops they all are: these are no scopes, those in them are.
    """
    nodes = list(nodes)
    root = Scope("")
    taken = _prefixes(nodes)
    for name in nodes:
        scope = root
        scope.size += 1
        frames = flow.view.frames.of.get(name, ())[within:]
        base = frame_scope(frames[0]) if frames else name.rpartition("/")[0]
        # A node that is a scope as well (dense/BiasAdd and dense/BiasAdd/Cast) lies in that scope.
        if not frames and name in taken:
            base = name
        for part in base.split("/") if base else ():
            scope = _child(scope, part, f"{scope.name}/{part}" if scope.name else part)
            scope.size += 1
        if frames:
            scope = _child(scope, f"\0{frames[0]}", frames[0], is_loop=True)
            scope.size += 1
        scope.leaves.append(name)
    return root


def frame_scope(frame: str) -> str:
    """The name scope of a loop, by the name of its frame."""
    return frame.removesuffix("/while_context")


def _child(scope: Scope, key: str, name: str, *, is_loop: bool = False) -> Scope:
    if key not in scope.children:
        scope.children[key] = Scope(name, is_loop)
    return scope.children[key]


def _prefixes(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        prefix = name.rpartition("/")[0]
        while prefix and prefix not in found:
            found.add(prefix)
            prefix = prefix.rpartition("/")[0]
    return found
