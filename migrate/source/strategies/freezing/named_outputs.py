"""Loops and lists in which code names the outputs of a model: `tf.identity(model.outputs[i], name=names[i])`."""

from __future__ import annotations

import ast

from migrate.source.view import ModuleView


def identity(call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """The tensor and the name of `tf.identity(tensor, name=name)`."""
    given = dict(zip(("input", "name"), call.args, strict=False))
    given.update({str(keyword.arg): keyword.value for keyword in call.keywords})
    return (given["input"], given["name"]) if given.keys() == {"input", "name"} else None


def listed(statement: ast.stmt, call: ast.Call, names: ast.expr) -> ast.expr | None:
    """The model in `[tf.identity(t, name=n) for t, n in zip(model.outputs, names)]`, and in such lists by number."""
    match statement:
        case ast.Expr(value=ast.ListComp() as made) | ast.Assign(targets=[ast.Name()], value=ast.ListComp() as made):
            pass
        case _:
            return None
    bound = identity(call)
    if made.elt is not call or bound is None or len(made.generators) != 1 or made.generators[0].ifs:
        return None
    (turns,) = made.generators
    given = ast.unparse(names)
    match bound, turns.target, turns.iter:
        case (
            (ast.Name(id=tensor), ast.Name(id=name)),
            ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]),
            ast.Call(func=ast.Name(id="zip"), args=[one, other], keywords=[]),
        ):
            tensors, texts = (one, other) if (first, second) == (tensor, name) else (other, one)
            if {first, second} == {tensor, name} and first != second and ast.unparse(texts) == given:
                return _outputs_of(tensors)
        case (
            (ast.Name(id=tensor), ast.Subscript(value=texts, slice=ast.Name(id=index))),
            ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]),
            ast.Call(func=ast.Name(id="enumerate"), args=[tensors], keywords=[]),
        ) if (first, second) == (index, tensor) and ast.unparse(texts) == given:
            return _outputs_of(tensors)
    return None


def _outputs_of(node: ast.expr) -> ast.expr | None:
    """The model in `model.outputs`."""
    match node:
        case ast.Attribute(value=model, attr="outputs") if is_plain(model):
            return model
    return None


def taken(statement: ast.stmt, output: str, view: ModuleView) -> ast.expr | None:
    """The model in `for i, output in enumerate(model.outputs)` and `for output in model.outputs`."""
    match view.parents[statement]:
        case ast.For(target=target, iter=turns, orelse=[]):
            return _model_of_turns(target, turns, output)
    return None


def _model_of_turns(target: ast.expr, turns: ast.expr, output: str) -> ast.expr | None:
    match target, turns:
        case (
            ast.Tuple(elts=[ast.Name(), ast.Name(id=name)]),
            ast.Call(func=ast.Name(id="enumerate"), args=[ast.Attribute(value=model, attr="outputs"), *_]),
        ) if name == output and is_plain(model):
            return model
        case ast.Name(id=name), ast.Attribute(value=model, attr="outputs") if name == output and is_plain(model):
            return model
    return None


def one_by_one(statement: ast.stmt, names: str, index: str, name: ast.expr, view: ModuleView) -> bool:
    """Whether a loop counts the outputs, and notes each one's name in the list."""
    loop = view.parents[statement]
    match loop:
        case ast.For(
            target=ast.Name(id=counter),
            iter=ast.Call(func=ast.Name(id="range"), args=[_], keywords=[]),
            orelse=[],
            body=body,
        ) if counter == index:
            noted = [_noted(other, names, index) for other in body if other is not statement]
            if len(noted) == 1 and noted[0] is not None and ast.unparse(name) == f"{names}[{index}]":
                return True
            return notes(loop, statement, names, name)
    return False


def notes(loop: ast.For, statement: ast.stmt, names: str, name: ast.expr) -> bool:
    """Whether all else that a loop does is to note the name that the statement gives, which may go by a name of its own."""
    called: dict[str, str] = {}
    noted: list[str] = []
    index = ""
    match loop.target:
        case ast.Name(id=index) | ast.Tuple(elts=[ast.Name(id=index), *_]):
            pass
    for other in loop.body:
        if other is statement:
            continue
        text = _noted(other, names, index)
        match other:
            case _ if text is not None:
                noted.append(called.get(text, text))
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target not in called and not noted:
                called[target] = ast.unparse(value)
            case _:
                return False
    given = ast.unparse(name)
    return len(noted) == 1 and called.get(given, given) == noted[0]


def _noted(statement: ast.stmt, names: str, index: str) -> str | None:
    """What `names.append(x)` or `names[i] = x` adds to the list."""
    match statement:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr="append"), args=[value], keywords=[])
        ) if target == names:
            return ast.unparse(value)
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(id=target), slice=ast.Name(id=counter))], value=value
        ) if (target, counter) == (names, index):
            return ast.unparse(value)
    return None


def is_plain(node: ast.expr) -> bool:
    """A name, or an attribute of one."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and is_plain(node.value))
