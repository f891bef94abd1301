"""The signatures of a site before and after: as the old source spells them, and as they are read off the new one."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from migrate.results import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrate.results import Signature, Site

PREDICT = "tensorflow/serving/predict"

# The constants of tf.saved_model that the new code spells by name.
_CONSTANTS = {
    "DEFAULT_SERVING_SIGNATURE_DEF_KEY": "serving_default",
    "PREDICT_METHOD_NAME": PREDICT,
    "PREDICT_INPUTS": "inputs",
    "PREDICT_OUTPUTS": "outputs",
    "CLASSIFY_METHOD_NAME": "tensorflow/serving/classify",
    "CLASSIFY_INPUTS": "inputs",
    "CLASSIFY_OUTPUT_CLASSES": "classes",
    "CLASSIFY_OUTPUT_SCORES": "scores",
    "REGRESS_METHOD_NAME": "tensorflow/serving/regress",
    "REGRESS_INPUTS": "inputs",
    "REGRESS_OUTPUTS": "outputs",
}


@dataclass(frozen=True, slots=True)
class NewSignature:
    """A signature as the new code spells it.

    Attributes:
        key: Its key.
        method_name: What is written into it in the end.
        inputs: The input keys.
        outputs: The output keys.
        types: For each input, its dtype and shape as the code has them, or nothing.
    """

    key: str
    method_name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A signature before and after.

    Attributes:
        before: As the old source spells it.
        after: As the new one does; None where it is not written out there.
    """

    before: Signature
    after: NewSignature | None

    @property
    def same(self) -> bool:
        """Whether nothing that a client sees changes."""
        old, new = self.before, self.after
        return new is not None and (
            (old.method_name or PREDICT) == new.method_name
            and sorted(old.inputs) == sorted(new.inputs)
            and sorted(old.outputs) == sorted(new.outputs)
        )


def signature_pairs(site: Site, before: str, after: str | None) -> tuple[Pair, ...]:
    """The signatures of a site.

    Args:
        site: The site.
        before: The old text of its file.
        after: The text with its rewrite; None where it has none.
    """
    found: tuple[NewSignature, ...] = ()
    if after is not None and site.level is Level.NATIVE:
        keys = {signature.key for signature in site.signatures}
        old = _exports(before)
        fitting = [one for one in _exports(after) if one not in old and {new.key for new in one} == keys]
        if len(fitting) > 1:  # Another export of the same graph has the same keys.
            fitting = [one for one in fitting if all(pair.same for pair in _paired(site, one))]
        if len(set(fitting)) == 1:
            found = fitting[0]
    return _paired(site, found)


def _paired(site: Site, export: tuple[NewSignature, ...]) -> tuple[Pair, ...]:
    new = {one.key: one for one in export}
    return tuple(Pair(signature, new.get(signature.key)) for signature in site.signatures)


@lru_cache(maxsize=8)
def _exports(text: str) -> tuple[tuple[NewSignature, ...], ...]:
    """What the `tf.saved_model.save` calls of a text export, where that is written out."""
    if "saved_model.save" not in text:
        return ()
    tree = ast.parse(text)
    found = []
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.Module | ast.FunctionDef):
            continue
        own = list(_own_nodes(scope))
        calls = sorted((node for node in own if isinstance(node, ast.Call)), key=lambda call: call.lineno)
        saves = [number for number, call in enumerate(calls) if _signatures_of(call) is not None]
        if not saves:
            continue
        functions = _Functions(tree, own)
        for start, end in pairwise([*saves, len(calls)]):
            table = _signatures_of(calls[start])
            if table is not None:
                method_names = dict(_method_names(calls[start:end]))
                read = [_read(*pair, functions, method_names) for pair in zip(table.keys, table.values, strict=True)]
                found.append(tuple(one for one in read if one is not None))
    return tuple(found)


class _Functions:
    """The functions that a piece of code may mean.

    Args:
        tree: The module.
        own: The nodes of the function that the code stands in.
    """

    def __init__(self, tree: ast.Module, own: Sequence[ast.AST]) -> None:
        self._all: dict[str, list[ast.FunctionDef]] = {}
        self._methods: dict[tuple[str, str], ast.FunctionDef] = {}
        self._made: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                self._all.setdefault(node.name, []).append(node)
            if isinstance(node, ast.ClassDef):
                self._methods |= {(node.name, one.name): one for one in node.body if isinstance(one, ast.FunctionDef)}
        for node in own:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                for target in node.targets:
                    self._made.setdefault(_last_name(target), set()).add(_last_name(node.value.func))

    def meant(self, node: ast.expr) -> ast.FunctionDef | None:
        """`function`, or `model.method` where it is known what `model` is; None where it may be one of several."""
        name = _last_name(node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            classes = self._made.get(node.value.id, set())
            methods = [self._methods[one, name] for one in classes if (one, name) in self._methods]
            if len(classes) == len(methods) == 1:
                return methods[0]
        found = self._all.get(name, [])
        return found[0] if len(found) == 1 else None


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module or function without those of the functions in it, in the order of the text."""
    todo = [scope]
    while todo:
        node = todo.pop()
        yield node
        if node is scope or not isinstance(node, ast.FunctionDef):
            todo += reversed(list(ast.iter_child_nodes(node)))


def _signatures_of(call: ast.Call) -> ast.Dict | None:
    """What `tf.saved_model.save` is told to export; None where it is no such call, or no dictionary."""
    function = call.func
    if not isinstance(function, ast.Attribute) or (_last_name(function.value), function.attr) != (
        "saved_model",
        "save",
    ):
        return None
    table = next((word.value for word in call.keywords if word.arg == "signatures"), None)
    return table if isinstance(table, ast.Dict) else None


def _read(
    key: ast.expr | None, value: ast.expr, functions: _Functions, method_names: dict[str, str]
) -> NewSignature | None:
    specs: list[ast.Call] = []
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr != "get_concrete_function":
            return None
        specs = [spec for argument in value.args for spec in _specs(argument)]
        value = value.func.value
    name = _text(key)
    function = functions.meant(value)
    if name is None or function is None:
        return None
    specs = specs or [spec for decorator in function.decorator_list for spec in _specs(decorator)]
    returned = [node.value for node in _own_nodes(function) if isinstance(node, ast.Return)]
    if len(returned) != 1 or not isinstance(returned[0], ast.Dict):
        return None
    inputs = _known([_text(next((word.value for word in spec.keywords if word.arg == "name"), None)) for spec in specs])
    outputs = _known([_text(one) for one in returned[0].keys])
    if inputs is None or outputs is None:
        return None
    return NewSignature(name, method_names.get(name, PREDICT), inputs, outputs, tuple(map(_type, specs)))


def _specs(decorator: ast.expr) -> list[ast.Call]:
    calls = [node for node in ast.walk(decorator) if isinstance(node, ast.Call)]
    return [call for call in calls if _last_name(call.func) == "TensorSpec"]


def _type(spec: ast.Call) -> str:
    """`float32 [None, 3]`; empty where the shape is known only when the code runs."""
    if len(spec.args) != 2 or not isinstance(spec.args[0], (ast.List, ast.Tuple)):
        return ""
    return f"{ast.unparse(spec.args[1]).removeprefix('tf.')} {ast.unparse(spec.args[0])}"


def _known(names: list[str | None]) -> tuple[str, ...] | None:
    return None if None in names else tuple(name for name in names if name is not None)


def _method_names(calls: Iterable[ast.Call]) -> Iterator[tuple[str, str]]:
    """What the helper that restores method names is given after a save: the one of the file, or migrate's."""
    for call in calls:
        if not _last_name(call.func).endswith("method_names"):
            continue
        for table in [one for one in call.args if isinstance(one, ast.Dict)]:
            for key, value in zip(table.keys, table.values, strict=True):
                name, method_name = _text(key), _text(value)
                if name is not None and method_name is not None:
                    yield name, method_name


def _text(node: ast.expr | None) -> str | None:
    """A string that is written out, or one of TensorFlow's constants."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None if node is None else _CONSTANTS.get(_last_name(node))


def _last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`; empty where it is no name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
