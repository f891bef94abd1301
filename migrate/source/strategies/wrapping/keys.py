"""Input keys that `tf.saved_model.save` does not take: with a colon or a space, Python's keywords, names of tensors."""

from __future__ import annotations

import ast

from migrate.source.candidates import Candidate
from migrate.source.sites import Endpoint
from migrate.source.strategies.naming import refuse_key
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Scope
from migrate.source.unprovable import INPUT, Unprovable
from migrate.source.view import ModuleView

_MAKERS = ("predict_signature_def", "build_signature_def", "simple_save")
ARGUMENT_NAMES = "_argument_names"
HELPER = f'''def {ARGUMENT_NAMES}(keys):
\t"""A name for each input that TF.saved_model.save takes: no argument is called `x:0`."""
\tnames = {{}}
\tfor key in keys:
\t\tname = "".join(c if c.isascii() and c.isalnum() else "_" for c in key)
\t\tif name != key or not key[:1].isalpha() or iskeyword(key) or key == "self":
\t\t\tname = base = f"arg_{{name.strip('_')}}"
\t\t\tnumber = 0
\t\t\twhile name in keys or name in names.values():
\t\t\t\tnumber += 1
\t\t\t\tname = f"{{base}}_{{number}}"
\t\tnames[key] = name
\treturn names'''
"""The function that a file brings along for them, where `TF` stands for TensorFlow."""
IMPORT = "from keyword import iskeyword"
NOTE = (
    "input keys that are no names of Python are put into the saved signatures after the save: servers and "
    "saved_model_cli take them, a Python program that loads the model knows these inputs as arg_ and the key, with "
    "_ for other signs"
)


def has_other_keys(candidate: Candidate, view: ModuleView) -> bool:
    """Whether an export has, or may have, input keys that TF2 does not take.

    Args:
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: A signature has no inputs, or two that are one for TF2.
    """
    try:
        site = view.export_site(candidate)
    except Unprovable:
        return _has_names_as_keys(view)
    found = False
    for signature in site.signatures:
        if not signature.inputs:
            reason = f"the signature '{signature.key}' has no inputs"
            raise Unprovable(INPUT, reason, candidate.call)
        for endpoint in signature.inputs:
            try:
                refuse_key(endpoint)
            except Unprovable:
                found = True
        # Two calls that make placeholders make two, however alike they look.
        scope = candidate.scope
        named = [one.tensor for one in signature.inputs if not _makes_tensor(one.tensor, scope, view)]
        tensors = [ast.dump(tensor) for tensor in named]
        if len(set(tensors)) < len(tensors):
            raise Unprovable(INPUT, f"two inputs of the signature '{signature.key}' are one for TF2", candidate.call)
    return found


def _makes_tensor(node: ast.expr, scope: Scope, view: ModuleView) -> bool:
    return isinstance(node, ast.Call) and view.symbols.resolve(node.func, scope) is not None


_HAVE_KEYS = frozenset({ast.Assign, ast.Call, ast.Dict, ast.DictComp, ast.GeneratorExp, ast.ListComp, ast.Subscript})


def _has_names_as_keys(view: ModuleView) -> bool:
    """Whether a dictionary of the file has the names of tensors, such as `x.name` and `'x:0'`, as its keys."""
    return view.symbols.once(_has_names_as_keys, lambda: _finds_names_as_keys(view))


def _finds_names_as_keys(view: ModuleView) -> bool:
    for scope, node in nodes_of(view.symbols.module, view.symbols, inner=True):
        if node.__class__ not in _HAVE_KEYS:
            continue
        keys: list[ast.expr | None] = []
        match node:
            case ast.Dict(keys=found):
                keys = list(found)
            case ast.DictComp(key=found_key):
                keys = [found_key]
            case ast.Subscript(slice=index, ctx=ast.Store()):
                keys = [index]
            case ast.ListComp(elt=ast.Tuple(elts=[first, _])) | ast.GeneratorExp(elt=ast.Tuple(elts=[first, _])):
                keys = [first]
            case ast.ListComp(elt=one) | ast.GeneratorExp(elt=one):
                keys = [one]
        if any(_is_name(key) for key in keys):
            return True
        if isinstance(node, ast.Call) and (view.symbols.resolve(node.func, scope) or "").endswith(_MAKERS):
            keys = [key for inner in ast.walk(node) if isinstance(inner, ast.Dict) for key in inner.keys]
        elif isinstance(node, ast.Dict):
            keys = [key for key, value in zip(node.keys, node.values, strict=True) if _is_info(value, scope, view)]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            keys = [node.targets[0].slice] if _is_info(node.value, scope, view) else []
        if any(_is_other(key) for key in keys):
            return True
    return False


def _is_info(node: ast.expr, scope: Scope, view: ModuleView) -> bool:
    return isinstance(node, ast.Call) and (view.symbols.resolve(node.func, scope) or "").endswith("build_tensor_info")


def _is_other(key: ast.expr | None) -> bool:
    match key:
        case ast.Constant(value=str(text)):
            try:
                refuse_key(Endpoint(text, key))
            except Unprovable:
                return True
    return False


def _is_name(key: ast.expr | None) -> bool:
    match key:
        case ast.Attribute(attr="name"):
            return True
        case ast.Constant(value=str(text)):
            return ":" in text and " " not in text
    return False
