"""`tf.contrib.predictor.from_saved_model`: a function of the same kind over `tf.saved_model.load`.

What it returns is called with a dictionary of arrays and gives one of arrays. The new function does so too, so that
the calls stay as they are, wherever they stand.
"""

from __future__ import annotations

import ast

from migrate.results import Level
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.changes import Changes
from migrate.source.loaded.places import Places
from migrate.source.strategies.bridge_notes import gone_notes
from migrate.source.strategies.loading.dropped_config import dropped_config
from migrate.source.strategies.loading.idle_sessions import idle_sessions
from migrate.source.strategies.loading.numpy_name import numpy_name
from migrate.source.strategies.site_plan import SitePlan, Strategy
from migrate.source.unprovable import NO_EQUAL, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

RULE = "TFM011"

_PARAMETERS = ("export_dir", "signature_def_key", "signature_def", "input_names", "output_names", "tags", "graph",
               "config")  # fmt: skip
_OF_TF1_PREDICTORS = frozenset({"feed_tensors", "fetch_tensors"})
_OF_SESSIONS = frozenset({"session", "graph"})


def plan_predictor(candidate: Candidate, view: ModuleView) -> SitePlan:
    """Plans the rewrite of all predictors of a module, which share one helper.

    Raises:
        Unprovable: Where a predictor is more than a function.
    """
    together = [
        other
        for other in view.candidates
        if other.kind is SiteKind.PREDICTOR and not _skipped(other, view) and _refusal(other, view) is None
    ]
    refusal = _refusal(candidate, view)
    if refusal is not None:
        raise refusal
    arguments = {other: _arguments(other.call) for other in together}
    unwrapped: set[ast.stmt] = set()
    for other in together:
        unwrapped |= idle_sessions(view, other.scope, [other.call])
    optional = [name for name in ("signature_def_key", "tags") if any(name in found for found in arguments.values())]
    helper = view.free("load_predictor")
    np, imports = numpy_name(view)
    first = min((view.top_level(other.call) for other in together), key=lambda node: node.lineno)
    configs = [found["config"] for found in arguments.values() if "config" in found]
    dropped = dropped_config(Places(view.symbols), view.symbols, configs)
    changes = Changes(
        statements=dict.fromkeys(dropped, ()),
        expressions={other.call: _call(helper, arguments[other], optional, view) for other in together},
        unwrapped=unwrapped,
        above={first: (_helper(helper, optional, view.tf, np),)},
        imports=imports,
    )
    note = "the session's config is dropped: TensorFlow 2 sets devices and threads for the whole process"
    return SitePlan(
        RULE,
        Level.NATIVE,
        "calls a signature of tf.saved_model.load, with arrays in and arrays out as before",
        changes,
        proved=("what is fed takes the dtype of its input, and the results are NumPy arrays, as in a session",),
        notes=(*(((RULE, note),) if configs else ()), *gone_notes(view, ("contrib.predictor",))),
        covers=tuple(other for other in together if other is not candidate),
    )


def _refusal(candidate: Candidate, view: ModuleView) -> Unprovable | None:
    """Why a predictor cannot be a function."""
    try:
        arguments = _arguments(candidate.call)
    except Unprovable as reason:
        return reason
    for name in ("signature_def", "input_names", "output_names", "graph"):
        if name in arguments:
            return Unprovable(NO_EQUAL, f"the predictor has {name}, which a signature has not", candidate.call)
    target = _target(candidate.call, view)
    for node in ast.walk(view.tree):
        if not isinstance(node, ast.Attribute):
            continue
        own = target is not None and ast.dump(node.value) == target
        if node.attr in _OF_TF1_PREDICTORS or (own and node.attr in _OF_SESSIONS):
            return Unprovable(NO_EQUAL, f"the code uses the predictor's {node.attr}", node)
    return None


def _target(call: ast.Call, view: ModuleView) -> str | None:
    """What the predictor is assigned to, as it is read."""
    match view.parents[call]:
        case ast.Assign(targets=[(ast.Name() | ast.Attribute()) as target]):
            text = ast.unparse(target)
            return ast.dump(ast.parse(text, mode="eval").body)
    return None


def _skipped(candidate: Candidate, view: ModuleView) -> bool:
    last = candidate.call.end_lineno or candidate.call.lineno
    return any(line in view.skipped for line in (0, *range(candidate.call.lineno, last + 1)))


def _arguments(call: ast.Call) -> dict[str, ast.expr]:
    """The arguments of a call that say something."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or len(call.args) > len(_PARAMETERS):
        raise Unprovable(NOT_STATIC, "the predictor gets a list of arguments", call)
    found = dict(zip(_PARAMETERS, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in _PARAMETERS:
            raise Unprovable(NOT_STATIC, "the predictor gets arguments that are not written out", call)
        found[keyword.arg] = keyword.value
    if "export_dir" not in found:
        raise Unprovable(NOT_STATIC, "the predictor gets no directory", call)
    return {
        name: value for name, value in found.items() if not (isinstance(value, ast.Constant) and value.value is None)
    }


def _call(helper: str, arguments: dict[str, ast.expr], optional: list[str], view: ModuleView) -> str:
    texts = [view.text_of(arguments["export_dir"])]
    for name in optional:
        if name in arguments:
            keyword = "key" if name == "signature_def_key" else name
            texts.append(f"{keyword}={view.text_of(arguments[name])}")
    return f"{helper}({', '.join(texts)})"


def _helper(name: str, optional: list[str], tf: str, np: str) -> str:
    """The function that stands for `from_saved_model`."""
    parameters = ["export_dir"]
    key, tags = '"serving_default"', '["serve"]'
    if "signature_def_key" in optional:
        parameters.append(f"key={key}")
        key = "key"
    if "tags" in optional:
        parameters.append('tags="serve"')
        tags = 'tags.split(",")'
    return "\n".join(
        [
            f"def {name}({', '.join(parameters)}):",
            '\t"""Loads a SavedModel as a function from a dict of arrays to another."""',
            f"\tmodel = {tf}.saved_model.load(export_dir, tags={tags})",
            f"\tsignature = model.signatures[{key}]",
            "\tspecs = signature.structured_input_signature[1]",
            "",
            "\tdef predict(inputs):",
            "\t\ttensors = {}",
            "\t\tfor name, value in inputs.items():",
            "\t\t\tspec = specs[name]",
            f"\t\t\tarray = {np}.asarray(value, spec.dtype.as_numpy_dtype)",
            f"\t\t\ttensor = {tf}.constant(array, spec.dtype)",
            f"\t\t\ttensors[name] = {tf}.ensure_shape(tensor, spec.shape)",
            "\t\toutputs = signature(**tensors)",
            "\t\treturn {name: tensor.numpy() for name, tensor in outputs.items()}",
            "",
            "\treturn predict",
        ]
    )


PREDICTOR = Strategy("predictor", Level.NATIVE, frozenset({SiteKind.PREDICTOR}), plan_predictor)
