"""What TensorFlow name does this expression mean?

Names are resolved through Python's own scoping rules: imports under any alias, `from` imports, rebinding
(`sm = tf.saved_model`, `tf = tf.compat.v1`), imports inside functions and in try/except. A name that has any
binding which is not TensorFlow's is nobody's business here and resolves to None.

The answer is the canonical TF1 name below `tf.`, for instance `saved_model.builder.SavedModelBuilder`, whatever
spelling the source uses (migrate.source.api.canonical).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from migrate.source import api
from migrate.source.syntax import children, statements, walk

_T = TypeVar("_T")
_N = TypeVar("_N", bound=ast.AST)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ComprehensionNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
          ast.GeneratorExp)  # fmt: skip
"""Nodes inside a module that open a scope."""
ScopeNode = ast.Module | FunctionNode | ast.ClassDef | ComprehensionNode


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A name bound by an import statement: the qualified name it stands for."""

    qualified: str
    node: ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """A name bound to the value of an expression."""

    value: ast.expr
    node: ast.stmt


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A name bound in another way: a parameter, a loop target, a function, a class, an exception."""

    node: ast.AST


Binding = Imported | Assigned | Bound


@dataclass(slots=True, eq=False)
class Scope:
    """A scope of the Python language with the names bound in it."""

    node: ScopeNode
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def bind(self, name: str, binding: Binding) -> None:
        """Adds a binding; `global` names are bound in the module's scope, `nonlocal` ones in that around."""
        if name in self.nonlocals and self.parent is not None:
            self.parent.bind(name, binding)
            return
        scope = self.module if name in self.globals else self
        scope.bindings.setdefault(name, []).append(binding)

    @property
    def module(self) -> Scope:
        """The scope of the module."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def owner(self, name: str) -> Scope | None:
        """The scope whose binding `name` means here, by Python's rules; None for builtins and unknown names."""
        if name in self.globals:
            return self.module if name in self.module.bindings else None
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bindings and (scope is self or not isinstance(scope.node, ast.ClassDef)):
                return scope
            scope = scope.parent
        return None


class Symbols:
    """The scopes of a module, and the TensorFlow names its expressions mean."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.module = Scope(tree, None)
        self._scopes: dict[ast.AST, Scope] = {tree: self.module}
        _Binder(self._scopes).bind_body(tree.body, self.module)
        self._resolving: set[tuple[int, str]] = set()
        self._known: dict[tuple[int, str], str | None] = {}
        self._answers: dict[Hashable, Any] = {}
        self.replaced: set[str] = set()
        """Names whose calls now read as those of TensorFlow (migrate.source.declared)."""

    def scope_of(self, node: ScopeNode) -> Scope:
        """The scope that a module, function, lambda, class or comprehension opens."""
        return self._scopes[node]

    def scopes(self) -> Iterator[Scope]:
        """Every scope, the module's first."""
        return iter(self._scopes.values())

    # ---- what is asked again and again -----------------------------------------------------------------------

    def once(self, question: Hashable, work_out: Callable[[], _T]) -> _T:
        """The answer to a question about this module, worked out when it is asked for the first time.

        Args:
            question: What tells it from others, usually a function and its arguments.
            work_out: Gives the answer, which nobody changes.
        """
        if question not in self._answers:
            self._answers[question] = work_out()
        found: _T = self._answers[question]
        return found

    def changed(self) -> None:
        """Calls of the tree are others now (migrate.source.declared)."""
        self._answers.clear()

    def nodes(self) -> Sequence[ast.AST]:
        """Every node of the module, level by level."""
        return self.once("nodes", lambda: list(walk(self.tree)))

    def nodes_of_kind(self, kind: type[_N]) -> Sequence[_N]:
        """The nodes of one class, in the same order."""
        kinds: dict[type[Any], list[Any]] = self.once("kinds", self._by_kind)
        return kinds.get(kind, [])

    def _by_kind(self) -> dict[type[Any], list[Any]]:
        found: dict[type[Any], list[Any]] = {}
        for node in self.nodes():
            found.setdefault(node.__class__, []).append(node)
        return found

    def calls(self) -> Sequence[tuple[Scope, ast.Call]]:
        """Every call with the function, lambda, class or module whose code it is part of; the last ones first."""
        return self.once("calls", self._calls)

    def _calls(self) -> list[tuple[Scope, ast.Call]]:
        found: list[tuple[Scope, ast.Call]] = []
        pending: list[tuple[Scope, ast.AST]] = [(self.module, self.tree)]
        while pending:
            scope, node = pending.pop()
            if isinstance(node, ast.Call):
                found.append((scope, node))
            for child in children(node):
                kind = child.__class__
                if kind in _CODE:
                    pending.append((self._scopes[child], child))
                elif kind not in _LEAVES:
                    pending.append((scope, child))
        return found

    # ---- names -----------------------------------------------------------------------------------------------

    def qualified(self, expression: ast.expr, scope: Scope) -> str | None:
        """The dotted name an expression stands for, such as `tensorflow.compat.v1.placeholder` or `numpy.zeros`."""
        if isinstance(expression, ast.Attribute):
            base = self.qualified(expression.value, scope)
            return f"{base}.{expression.attr}" if base else None
        if isinstance(expression, ast.Name):
            owner = scope.owner(expression.id)
            found = self._name(expression.id, owner) if owner else None
            return found or (self._before.get(expression) if owner is scope else None)
        return None

    @cached_property
    def _before(self) -> dict[ast.expr, str]:
        """Imported names where they are read for the last time: `builder = builder.SavedModelBuilder(path)`."""
        found: dict[ast.expr, str] = {}
        for scope in self._scopes.values():
            for name, bindings in scope.bindings.items():
                imported = [binding for binding in bindings if isinstance(binding, Imported)]
                rest = bindings[len(imported) :]
                if not imported or not rest or bindings[: len(imported)] != imported:
                    continue
                first = rest[0]
                meanings = {api.normal(binding.qualified) for binding in imported}
                if isinstance(first, Assigned) and isinstance(first.value, ast.Call) and len(meanings) == 1:
                    root = first.value.func
                    while isinstance(root, ast.Attribute):
                        root = root.value
                    if isinstance(root, ast.Name) and root.id == name and root is not first.value.func:
                        found[root] = imported[-1].qualified
        return found

    def resolve(self, expression: ast.expr, scope: Scope) -> str | None:
        """The canonical TF1 name of an expression; None where it is not TensorFlow's, or not surely."""
        qualified = self.qualified(expression, scope)
        if qualified is None:
            return None
        return api.canonical(qualified)

    def function(self, expression: ast.expr, scope: Scope) -> ast.FunctionDef | None:
        """The function of this file that a name means, where it can mean nothing else."""
        if not isinstance(expression, ast.Name):
            return None
        owner = scope.owner(expression.id)
        if owner is None:
            return None
        match owner.bindings[expression.id]:
            case [Bound(node=ast.FunctionDef() as function)]:
                return function
        return None

    def _name(self, name: str, owner: Scope) -> str | None:
        key = (id(owner), name)
        if key in self._known:
            return self._known[key]
        if key in self._resolving:
            return None
        self._resolving.add(key)
        try:
            self._known[key] = self._agreed(name, owner)
        finally:
            self._resolving.discard(key)
        return self._known[key]

    def _agreed(self, name: str, owner: Scope) -> str | None:
        """The one meaning that all bindings of a name share.

        `import tensorflow.compat.v1 as tf` in a try and `import tensorflow as tf` in its except share one: both
        give the TF1 names. A rebinding to a part of itself (`tf = tf.compat.v1`) counts as its import does.
        """
        meanings: list[str] = []
        for binding in owner.bindings[name]:
            match binding:
                case Imported(qualified=qualified):
                    meanings.append(qualified)
                case Assigned(value=value):
                    root = _root(value)
                    if root == name:
                        suffix = _suffix(value)
                        meanings += [f"{meaning}{suffix}" for meaning in meanings[-1:]]
                        if not meanings:
                            return None
                        continue
                    meaning = self.qualified(value, owner)
                    if meaning is None:
                        # `tf = None` in an except clause of a guarded import is not another meaning.
                        if isinstance(value, ast.Constant) and value.value is None and len(owner.bindings[name]) > 1:
                            continue
                        return None
                    meanings.append(meaning)
                case Bound():
                    return None
        if not meanings:
            return None
        if len({api.normal(meaning) for meaning in meanings}) > 1:
            return None
        return meanings[-1]


_BINDS = frozenset({ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor, ast.With,
                    ast.AsyncWith, ast.NamedExpr, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping,
                    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp,
                    ast.DictComp, ast.GeneratorExp})  # fmt: skip
"""What binds names, or opens a scope."""

_LEAVES = frozenset({ast.Name, ast.Constant, ast.Load, ast.Store, ast.Del})
_CODE = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef})


class _Binder:
    """Walks a tree once and notes what every scope binds."""

    def __init__(self, scopes: dict[ast.AST, Scope]) -> None:
        self._scopes = scopes

    def bind_body(self, body: list[ast.stmt], scope: Scope) -> None:
        # Global declarations count for the whole body, also for what stands above them.
        for statement in statements(body, inner=False):
            if isinstance(statement, ast.Global):
                scope.globals.update(statement.names)
            elif isinstance(statement, ast.Nonlocal):
                scope.nonlocals.update(statement.names)
        for statement in body:
            self._visit(statement, scope)

    def _open(self, node: ScopeNode, parent: Scope) -> Scope:
        scope = Scope(node, parent)
        self._scopes[node] = scope
        return scope

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        if node.__class__ not in _BINDS:
            for child in children(node):
                if child.__class__ not in _LEAVES:
                    self._visit(child, scope)
            return
        match node:
            case ast.Import():
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    scope.bind(name, Imported(alias.name if alias.asname else name, node))
                return
            case ast.ImportFrom():
                if node.level == 0 and node.module:
                    for alias in node.names:
                        scope.bind(alias.asname or alias.name, Imported(f"{node.module}.{alias.name}", node))
                else:
                    for alias in node.names:
                        scope.bind(alias.asname or alias.name, Bound(node))
                return
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._target(target, value, node, scope)
            case ast.AnnAssign(target=target, value=value):
                self._target(target, value, node, scope)
            case ast.AugAssign(target=ast.Name(id=name)):
                scope.bind(name, Bound(node))
            case ast.For(target=target) | ast.AsyncFor(target=target):
                self._target(target, None, node, scope)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        self._target(item.optional_vars, None, node, scope)
            case ast.NamedExpr(target=ast.Name(id=name)):
                scope.bind(name, Bound(node))
            case ast.ExceptHandler(name=str(name)):
                scope.bind(name, Bound(node))
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                scope.bind(name, Bound(node))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope.bind(node.name, Bound(node))
                for outer in [
                    *node.decorator_list,
                    *node.args.defaults,
                    *node.args.kw_defaults,
                    node.returns,
                ]:
                    if outer is not None:
                        self._visit(outer, scope)
                inner = self._open(node, scope)
                self._parameters(node.args, inner)
                self.bind_body(node.body, inner)
                return
            case ast.Lambda():
                for default in [*node.args.defaults, *node.args.kw_defaults]:
                    if default is not None:
                        self._visit(default, scope)
                inner = self._open(node, scope)
                self._parameters(node.args, inner)
                self._visit(node.body, inner)
                return
            case ast.ClassDef():
                scope.bind(node.name, Bound(node))
                for part in [*node.decorator_list, *node.bases, *node.keywords]:
                    self._visit(part, scope)
                self.bind_body(node.body, self._open(node, scope))
                return
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                inner = self._open(node, scope)
                for generator in node.generators:
                    self._target(generator.target, None, generator, inner)
                for child in children(node):
                    self._visit(child, inner)
                return
        for child in children(node):
            self._visit(child, scope)

    def _target(self, target: ast.expr, value: ast.expr | None, node: ast.AST, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                if value is not None and isinstance(node, ast.stmt):
                    scope.bind(name, Assigned(value, node))
                else:
                    scope.bind(name, Bound(node))
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                values: list[ast.expr | None] = [None] * len(elements)
                if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(elements):
                    values = list(value.elts)
                for element, item in zip(elements, values, strict=True):
                    self._target(element, item, node, scope)
            case ast.Starred(value=inner):
                self._target(inner, None, node, scope)

    def _parameters(self, arguments: ast.arguments, scope: Scope) -> None:
        for argument in parameters(arguments):
            scope.bind(argument.arg, Bound(argument))


def parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    """Every parameter of a function, `*args` and `**kwargs` included, in the order of the source."""
    yield from arguments.posonlyargs
    yield from arguments.args
    if arguments.vararg:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg:
        yield arguments.kwarg


def _root(expression: ast.expr) -> str | None:
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else None


def _suffix(expression: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    return "".join(f".{part}" for part in reversed(parts))
