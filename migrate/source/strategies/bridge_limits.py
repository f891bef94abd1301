"""What the bridge cannot save, as far as the source tells; the rest it refuses itself, when the program runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from migrate.source.candidates import Candidate, SiteKind
from migrate.source.strategies.empty_graph import refuse_empty_graph
from migrate.source.strategies.signature_displays import refuse_one_tensor_twice
from migrate.source.symbols import Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import ELSEWHERE, META_GRAPHS, NO_EQUAL, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

_TEST_CLASS = re.compile(r"Test(Case|Base)?$|^Test")
_TEST_FILE = re.compile(r"^test_|_test$|^tests?$")
_ADD = "add_meta_graph_and_variables"
_SIGNATURES = 2
"""The place of signature_def_map among the arguments."""


def refuse_what_cannot_be_saved(candidate: Candidate, view: ModuleView) -> None:
    """Checks that TF2 can hold what an export writes, and that it is meant to be more than a TF1 model.

    Args:
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: It cannot, or it is not.
    """
    refuse_quantization(view)
    refuse_other_formats(candidate, view)


def refuse_other_formats(candidate: Candidate, view: ModuleView) -> None:
    """Checks that one TF2 SavedModel can be what an export writes, whatever is in its graph.

    Args:
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: It cannot, or a test is about what it writes.
    """
    refuse_test(candidate, view, "writes")
    refuse_empty_graph(candidate, view)
    refuse_one_tensor_twice(candidate, view)
    if candidate.kind is SiteKind.BUILDER:
        if not candidate.call.args and not candidate.call.keywords:
            raise Unprovable(ELSEWHERE, "the builder is made without a directory", candidate.call)
        _refuse_meta_graphs(candidate, view)
        _refuse_without_signatures(candidate, view)


def refuse_test(candidate: Candidate, view: ModuleView, does: str) -> None:
    """A test that writes or loads a TF1 model does so on purpose: the format may be what it tests.

    Args:
        candidate: The site.
        view: Its module.
        does: What it does with the model.

    Raises:
        Unprovable: It stands in a test.
    """
    node: ast.AST = candidate.call
    in_test_file = _TEST_FILE.search(PurePath(view.path).stem) is not None
    while node in view.parents:
        node = view.parents[node]
        is_case = isinstance(node, ast.ClassDef) and any(
            _TEST_CLASS.search(ast.unparse(base).rpartition(".")[2]) for base in node.bases
        )
        is_test = in_test_file and isinstance(node, ast.FunctionDef) and node.name.startswith("test")
        if is_case or is_test:
            raise Unprovable(ELSEWHERE, f"a test {does} it, which may be about the TF1 format", candidate.call)


def refuse_quantization(view: ModuleView) -> None:
    """tf.contrib.quantize rewrites the session's graph in place, and TF2 has nothing that does.

    Where only some runs of the program ask for that, the others may go on: it fails in those that do. What looks for
    patterns in a graph rewrites none.
    """
    for node, name in names_of(view):
        _, found, rest = name.replace(".compat.v1.", ".", 1).partition("tensorflow.contrib.quantize.")
        if found and not rest.startswith("python.graph_matcher.") and not _is_conditional(node, view):
            reason = "the graph is rewritten by tf.contrib.quantize, which ended with TensorFlow 1"
            raise Unprovable(NO_EQUAL, reason, node)


def _is_conditional(node: ast.AST, view: ModuleView) -> bool:
    """Whether a condition of its function, which the source does not decide, stands around some code."""
    while node in view.parents and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        child, node = node, view.parents[node]
        if isinstance(node, (ast.If, ast.IfExp)) and child is not node.test:
            named = {one.id for one in walk(node.test) if isinstance(one, ast.Name)} - {"__name__"}
            if named or any(isinstance(one, ast.Call) for one in walk(node.test)):
                return True
    return False


def _refuse_meta_graphs(candidate: Candidate, view: ModuleView) -> None:
    """A TF2 SavedModel has one MetaGraph."""
    mine = _bound_to(candidate, view)
    others = set[str]().union(*(_bound_to(other, view) for other in view.candidates if other is not candidate))
    own_method = any(node.name == "add_meta_graph" for node in view.symbols.nodes_of_kind(ast.FunctionDef))
    for call in _method_calls(view, "add_meta_graph"):
        name = _receiver(call)
        if name in mine or (name not in others and not own_method):
            raise Unprovable(META_GRAPHS, "it writes several MetaGraphs; a TF2 SavedModel has one", call)


def _refuse_without_signatures(candidate: Candidate, view: ModuleView) -> None:
    """Who loads a model without signatures runs its operations by their names, which a TF2 model has no more."""
    mine = _bound_to(candidate, view)
    calls = [call for call in _method_calls(view, _ADD) if _receiver(call) in mine]
    if calls and not any(_may_have_signatures(call) for call in calls):
        reason = "it has no signature, so clients run its operations by their names, which a TF2 model has no more"
        raise Unprovable(NOT_STATIC, reason, calls[0])


def _may_have_signatures(call: ast.Call) -> bool:
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return True
    given = list(call.args[_SIGNATURES : _SIGNATURES + 1])
    for keyword in call.keywords:
        if keyword.arg is None:
            return True
        if keyword.arg == "signature_def_map":
            given.append(keyword.value)
    return any(not _is_nothing(value) for value in given)


def _is_nothing(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=None) | ast.Dict(keys=[]):
            return True
    return False


def _method_calls(view: ModuleView, method: str) -> Iterator[ast.Call]:
    for node in view.symbols.nodes_of_kind(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node


def _receiver(call: ast.Call) -> str:
    """What the method is called on: the name of a variable, or of an attribute with a dot before it."""
    assert isinstance(call.func, ast.Attribute)
    return _name(call.func.value)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f".{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _bound_to(candidate: Candidate, view: ModuleView) -> frozenset[str]:
    """The names that an export's builder is given."""
    parent = view.parents[candidate.call]
    if isinstance(parent, ast.Attribute):
        # Used at once: what a method is called on is the call itself.
        return frozenset({""})
    targets: list[ast.expr] = []
    if isinstance(parent, ast.Assign):
        targets = parent.targets
    elif isinstance(parent, (ast.AnnAssign, ast.NamedExpr)):
        targets = [parent.target]
    return frozenset(_name(target) for target in targets) - {""}


def names_of(view: ModuleView) -> Sequence[tuple[ast.expr, str]]:
    """The names of other packages that a module uses, such as `tensorflow.contrib.slim.conv2d`, and where."""
    return names_in(view.symbols)


def names_in(symbols: Symbols) -> Sequence[tuple[ast.expr, str]]:
    """The same for the symbols of a module."""
    return symbols.once(names_in, lambda: list(_names_of(symbols)))


def _names_of(symbols: Symbols) -> Iterator[tuple[ast.expr, str]]:
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            scope = symbols.scope_of(node)
        if isinstance(node, (ast.Attribute, ast.Name)):
            name = symbols.qualified(node, scope)
            if name is not None:
                yield node, name
                continue
        pending += [(child, scope) for child in children(node)]
