"""Modules that a file has a name for (`slim`): they move as a whole, if they have all that the file reads of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.api.tf1_package import (
    Home,
    below_tensorflow,
    homes,
    is_module,
    module_home,
)
from migrate.source.symbols import Assigned, Binding, Imported, Scope
from migrate.source.tf1.uses import Use


class ModuleHomes:
    """Where the names of a module are had that mean something gone, by all that is read of them."""

    def __init__(self, uses: dict[tuple[int, str], list[Use]]) -> None:
        """Nothing is decided yet.

        Args:
            uses: The uses of each name, by the identity of its scope and by the name.
        """
        self._uses = uses
        self._decided: dict[int, Home | None] = {}

    def home(self, name: str, scope: Scope, binding: Binding, meaning: str) -> Home | None:
        """Where a name that means something gone is had."""
        key = id(binding)
        if has_fallback(name, scope):
            return None
        if key not in self._decided:
            self._decided[key] = None
            self._decided[key] = self._found(name, scope, meaning)
        return self._decided[key]

    def _found(self, name: str, scope: Scope, meaning: str) -> Home | None:
        things = homes(meaning)
        if things:
            return things[0]
        modules: list[Home] | None = None
        for use in self._uses.get((id(scope), name), ()):
            wanted = self._wanted(use, meaning)
            if wanted is None:
                return None
            modules = wanted if modules is None else [one for one in modules if one in wanted]
        own = Home(meaning)
        if modules is None:
            return own if is_module(meaning) else module_home(meaning)
        if own in modules and is_module(meaning):
            return own
        return modules[0] if modules else None

    def _wanted(self, use: Use, meaning: str) -> list[Home] | None:
        """The modules that would do for a use of one; None where there is none."""
        names = use.attributes
        if not names:
            return self._handed(use, meaning)
        found: list[Home] = []
        for end in range(len(names), 0, -1):
            for home in homes(".".join((meaning, *names[:end]))):
                path = home.path.split(".")
                if path[-end:] == list(names[:end]):
                    found.append(Home(".".join(path[:-end]), home.package))
        if not found and is_module(".".join((meaning, *names))):
            inner = ".".join((meaning, *names))
            if self._handed(use, inner) is not None:
                found.append(Home(meaning))
        return found or None

    def _handed(self, use: Use, meaning: str) -> list[Home] | None:
        """A module as a value: given to something, or to another name."""
        for name, scope, binding in self.names_of(use):
            home = self.home(name, scope, binding, meaning)
            return [home] if home is not None and home.path else None
        return [Home(meaning)] if is_module(meaning) else None

    def names_of(self, use: Use) -> Iterable[tuple[str, Scope, Binding]]:
        """The name that gets a use as its value: `slim = tf.contrib.slim`."""
        match use.parent:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is use.whole:
                owner = use.scope.owner(name)
                if owner is not None:
                    for binding in owner.bindings[name]:
                        if isinstance(binding, Assigned) and binding.value is use.whole:
                            yield name, owner, binding

    def lacking(self, name: str, scope: Scope, meaning: str) -> list[tuple[str, int]]:
        """What a module has not that is read of it, and where."""
        return [
            (".".join((meaning, *use.attributes)), use.whole.lineno)
            for use in self._uses.get((id(scope), name), ())
            if use.attributes and self._wanted(use, meaning) is None
        ]


def has_fallback(name: str, scope: Scope) -> bool:
    """Whether another import gives a name where TensorFlow has it not: `except ImportError: import tf_slim as slim`.

    Then the files of the program agree on that one, and functions of two packages do not go together.
    """
    return any(
        isinstance(binding, Imported) and below_tensorflow(binding.qualified) is None
        for binding in scope.bindings[name]
    )
