"""Helpers that compare tensors, which TF1 does by identity and TF2 by value."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.source.kinds import IN_GRAPH, Kinds
from migrate.source.slicing.reads import is_static
from migrate.source.syntax import walk
from migrate.source.unprovable import NO_EQUAL, Unprovable

_BY_EQUALITY = frozenset({"index", "remove", "count"})
_SAME_THINGS = frozenset({"list", "tuple", "reversed", "zip", "enumerate", "sorted", "iter", "next", "dict"})


class _Tensors:
    """The names of some functions that may hold tensors, or containers of them."""

    def __init__(self, functions: Sequence[ast.FunctionDef], kinds: Kinds) -> None:
        self.functions = functions
        self.symbols = kinds.region.symbols
        self.names: dict[ast.FunctionDef, set[str]] = {function: set() for function in functions}

    def give(self, call: ast.Call, function: ast.FunctionDef, tensors: Sequence[bool]) -> bool:
        """Notes which arguments of a call may be tensors; whether that is news."""
        arguments = function.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        known = self.names[function]
        before = len(known)
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        for position, (argument, may_be) in enumerate(zip(given, tensors, strict=True)):
            if not may_be:
                continue
            if position < len(call.args):
                if isinstance(argument, ast.Starred) or position >= len(names):
                    known |= {*names[position:], *([arguments.vararg.arg] if arguments.vararg else [])}
                else:
                    known.add(names[position])
            else:
                keyword = call.keywords[position - len(call.args)].arg
                known.add(keyword if keyword is not None else arguments.kwarg.arg if arguments.kwarg else "")
        return len(known) > before

    def spread(self) -> None:
        """Follows assignments, loops and calls until nothing is new."""
        news = True
        while news:
            news = False
            for function in self.functions:
                for node in walk(function):
                    news |= self._spread(node, function)

    def _spread(self, node: ast.AST, function: ast.FunctionDef) -> bool:
        names = self.names[function]
        targets: list[ast.expr] = []
        match node:
            case ast.Assign(targets=found, value=value):
                targets = found
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                targets = [target]
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                targets = [target]
            case ast.Call(func=ast.Attribute(value=ast.Name() as owner, attr="append" | "add" | "insert" | "extend")):
                targets, value = [owner], node.args[-1] if node.args else owner
            case ast.Call():
                called = self.symbols.function(node.func, self.symbols.scope_of(function))
                if isinstance(called, ast.FunctionDef) and called in self.names:
                    given = [*node.args, *(keyword.value for keyword in node.keywords)]
                    return self.give(node, called, [self.may_be(one, function) for one in given])
                return False
            case _:
                return False
        if not self.may_be(value, function):
            return False
        before = len(names)
        for target in targets:
            base = target
            while isinstance(base, (ast.Subscript, ast.Attribute)):
                base = base.value
            names |= {one.id for one in walk(base) if isinstance(one, ast.Name)}
        return len(names) > before

    def may_be(self, node: ast.AST, function: ast.FunctionDef) -> bool:
        """Whether an expression may be a tensor, or hold some."""
        match node:
            case ast.Name(id=name):
                return name in self.names[function]
            case ast.Call(func=callee, args=args):
                scope = self.symbols.scope_of(function)
                if isinstance(callee, ast.Name) and callee.id in _SAME_THINGS:
                    return any(self.may_be(one, function) for one in args)
                if self.symbols.resolve(callee, scope) is not None:
                    return True
                called = self.symbols.function(callee, scope)
                return called is not None and any(self.may_be(one, function) for one in args)
            case ast.Attribute(value=owner):
                return not is_static(node) and self.may_be(owner, function)
            case ast.Subscript(value=owner):
                return not is_static(node) and self.may_be(owner, function)
            case ast.Starred(value=value):
                return self.may_be(value, function)
            case ast.BinOp(left=left, right=right):
                return self.may_be(left, function) or self.may_be(right, function)
            case ast.IfExp(body=left, orelse=right):
                return self.may_be(left, function) or self.may_be(right, function)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return any(self.may_be(one, function) for one in elements)
            case ast.Dict(values=elements):
                return any(self.may_be(one, function) for one in elements)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return self.may_be(element, function)
        return False


def refuse_comparisons(call: ast.Call, functions: Sequence[ast.FunctionDef], kinds: Kinds) -> None:
    """Refuses helpers in which tensors may be compared, looked for, or taken for keys.

    Args:
        call: The call of the first of them.
        functions: All that it runs.
        kinds: The region of the call.

    Raises:
        Unprovable: One of them does.
    """
    tensors = _Tensors(functions, kinds)
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    tensors.give(call, functions[0], [_holds_tensors(one, kinds) for one in given])
    tensors.spread()
    for function in functions:
        for node in walk(function):
            if _compares(node, function, tensors):
                what = "compares tensors or looks for them, which TF1 does by identity and TF2 by value"
                raise Unprovable(NO_EQUAL, f"the helper {function.name} {what}", node)


def _holds_tensors(node: ast.expr, kinds: Kinds) -> bool:
    if kinds.of(node) in IN_GRAPH and not is_static(node):
        return True
    return any(
        isinstance(one, ast.expr) and kinds.of(one) in IN_GRAPH and not is_static(one)
        for one in ast.iter_child_nodes(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Dict, ast.Starred))
    )


def _compares(node: ast.AST, function: ast.FunctionDef, tensors: _Tensors) -> bool:
    match node:
        case ast.Compare(left=left, ops=operators, comparators=others):
            parts = [left, *others]
            for operator, one, other in zip(operators, parts, others, strict=False):
                if isinstance(operator, (ast.In, ast.NotIn)):
                    if tensors.may_be(one, function):
                        return True
                elif isinstance(operator, (ast.Eq, ast.NotEq)):
                    # A tensor and a constant are never the same, in either way but by value.
                    pair = (one, other)
                    if any(tensors.may_be(each, function) for each in pair) and not any(map(_is_name, pair)):
                        return True
        case ast.Call(func=ast.Attribute(value=owner, attr=method), args=[first, *_]) if method in _BY_EQUALITY:
            return tensors.may_be(owner, function) and tensors.may_be(first, function)
        case ast.Subscript(slice=index, ctx=ast.Store() | ast.Del()):
            return tensors.may_be(index, function)
        case ast.Dict(keys=keys):
            return any(key is not None and tensors.may_be(key, function) for key in keys)
        case ast.Set(elts=elements):
            return any(tensors.may_be(one, function) for one in elements)
        case ast.DictComp(key=key) | ast.SetComp(elt=key):
            return tensors.may_be(key, function)
    return False


def _is_name(node: ast.expr) -> bool:
    """Whether something is None or a text, which no tensor is compared with by value."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, (str, bytes)))
