"""The learning phase of Keras: with 0 a model infers, with 1 it trains; Keras 3 takes `training=` with each call."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Sequence

from migrate.source.candidates import Candidate
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.uses import Uses
from migrate.source.symbols import Scope
from migrate.source.unprovable import CONTROL_FLOW, SIDE_EFFECTS, Unprovable
from migrate.source.view import ModuleView

FITS = frozenset({"fit", "fit_generator", "train_on_batch"})
_TRAINED_OTHERWISE = frozenset({"Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout",
                                "GaussianNoise", "BatchNormalization", "SpatialDropout3D", "BatchNormalizationV2"})  # fmt: skip
_FROM_ELSEWHERE = frozenset({"load_model", "model_from_json", "model_from_yaml", "model_from_config", "from_config",
                            "deserialize", "in_train_phase", "in_test_phase", "dropout"})  # fmt: skip
PACKAGES = frozenset({"PIL", "cv2", "h5py", "keras", "matplotlib", "numpy", "pandas", "requests", "scipy", "six", "skimage",
                    "sklearn", "tensorflow", "tf_keras", "tqdm"})  # fmt: skip
"""Packages that make no layers, or whose layers are known."""
_OF_PHASES = frozenset({"batch", "before", "dropout", "evaluation", "inference", "learning", "line", "mode", "node", "nodes",
                        "phase", "session", "test", "testing", "this", "train", "training"})  # fmt: skip
"""Words of comments about the phase."""
_STEERING = frozenset(
    {"backend.learning_phase", "backend.learning_phase_scope", "backend.manual_variable_initialization"}
)
_TRAINED = "a model may be trained with the learning phase set to inference"


def drop_phases(
    view: ModuleView,
    candidate: Candidate,
    uses: Uses,
    *,
    made_here: bool,
    others: Sequence[Uses] = (),
    names: Collection[str] = (),
) -> list[ast.stmt]:
    """Marks `set_learning_phase(0)` as gone: it is what `training=False` says.

    Args:
        view: The module.
        candidate: The export.
        uses: The names of the module.
        made_here: Whether the function of the export makes the model, or calls what does.
        others: The other files that may make layers for it.
        names: The names of their modules.

    Returns:
        The statements.

    Raises:
        Unprovable: The phase may be that of training, or hold for training, too.
    """
    found: list[ast.stmt] = []
    for node in uses.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        name = keras_name(node.func, uses.scopes[node], view.symbols)
        if name == "backend.learning_phase" and _is_printed(node, view):
            found.append(view.statement(node))
            continue
        if name in _STEERING:
            raise Unprovable(SIDE_EFFECTS, f"{name.rpartition('.')[2]} steers the session of Keras", node)
        if name != "backend.set_learning_phase":
            continue
        match [*node.args, *(keyword.value for keyword in node.keywords)]:
            case [ast.Constant()] if made_here and is_phase_free([uses, *others], names):
                pass
            case [ast.Constant(value=0 | False)]:
                _refuse_training(node, view, candidate, uses)
            case _:
                reason = "the learning phase may be set to training when the model is built"
                raise Unprovable(SIDE_EFFECTS, reason, node)
        statement = view.parents.get(node)
        if not isinstance(statement, ast.Expr):
            raise Unprovable(CONTROL_FLOW, "set_learning_phase is part of a larger expression", node)
        found.append(statement)
    for statement in uses.nodes(ast.Assign):
        assert isinstance(statement, ast.Assign)
        if any(isinstance(target, ast.Attribute) and target.attr == "_LEARNING_PHASE" for target in statement.targets):
            if not is_phase_by_hand(statement, view, uses.scopes[statement]):
                raise Unprovable(SIDE_EFFECTS, "the learning phase is set by hand", statement)
            _refuse_training(statement, view, candidate, uses)
            found.append(statement)
    uses.gone |= set(found)
    return found


def is_phase_by_hand(statement: ast.stmt, view: ModuleView, scope: Scope) -> bool:
    """Whether a statement is `K._LEARNING_PHASE = tf.constant(0)`, which much copied code has.

    Args:
        statement: It.
        view: The module.
        scope: Where it stands.
    """
    match statement:
        case ast.Assign(targets=[ast.Attribute(attr="_LEARNING_PHASE") as target], value=value):
            if isinstance(value, ast.Call) and view.symbols.resolve(value.func, scope) == "constant":
                given = [*value.args, *(keyword.value for keyword in value.keywords)]
                value = given[0] if len(given) == 1 else value
            zero = isinstance(value, ast.Constant) and value.value in (0, False)
            return zero and (keras_name(target, scope, view.symbols) or "").startswith("backend.")
    return False


def comments_stay(statement: ast.stmt, view: ModuleView) -> bool:
    """Whether the comment above a learning phase is about what follows, as far as its words tell.

    Args:
        statement: What sets the phase.
        view: The module.
    """
    lines = view.text.splitlines()
    above: list[str] = []
    for line in reversed(lines[: statement.lineno - 1]):
        if not line.strip().startswith("#"):
            break
        above.append(line)
    words = set(re.findall(r"[a-z]+", " ".join(above).lower()))
    if not words or words & _OF_PHASES:
        return False
    body = view.tree.body
    if statement not in body:
        return False
    place = body.index(statement)
    for following in body[place + 1 : place + 4]:
        for target in following.targets if isinstance(following, ast.Assign) else ():
            parts = set(re.findall(r"[a-z]+", target.id.lower())) if isinstance(target, ast.Name) else set()
            if parts and parts <= words:
                return True
    return False


def is_phase_free(files: Iterable[Uses], names: Collection[str] = ()) -> bool:
    """Whether no layer of some files computes otherwise when it trains, and nobody else makes layers for them.

    Args:
        files: Their names.
        names: The names of modules that are among the files, or make no layers.
    """
    return all(_is_phase_free(uses, names) for uses in files)


def _is_phase_free(uses: Uses, names: Collection[str]) -> bool:
    view = uses.view
    for node in [*uses.nodes(ast.Import), *uses.nodes(ast.ImportFrom)]:
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]  # type: ignore[attr-defined]
        known = {*PACKAGES, *sys.stdlib_module_names, *names}
        inside = isinstance(node, ast.ImportFrom) and node.level and names
        if not inside and not all(module.partition(".")[0] in known for module in modules):
            return False
        if isinstance(node, ast.ImportFrom) and node.level and not names:
            return False
    for node in [*uses.nodes(ast.Call), *uses.nodes(ast.ClassDef)]:
        parts = [node.func, *(keyword.arg for keyword in node.keywords)] if isinstance(node, ast.Call) else node.bases  # type: ignore[attr-defined]
        for part in parts:
            if isinstance(part, str) and part in ("dropout", "recurrent_dropout"):
                return False
            full = keras_name(part, uses.scopes[node], view.symbols) if isinstance(part, ast.expr) else None
            if full is None:
                continue
            last = full.rpartition(".")[2]
            if (
                isinstance(node, ast.ClassDef)
                or last in _TRAINED_OTHERWISE | _FROM_ELSEWHERE
                or full.startswith("applications.")
            ):
                return False
    return True


def _is_printed(call: ast.Call, view: ModuleView) -> bool:
    """Whether a learning phase is only shown: `print(K.learning_phase())`."""
    match view.statement(call):
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[only], keywords=[])):
            return only is call and view.symbols.module.owner("print") is None
    return False


def in_loop(node: ast.AST, view: ModuleView) -> bool:
    """Whether a node stands in a loop of its function."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if isinstance(current, (ast.For, ast.AsyncFor, ast.While)):
            return True
        current = view.parents.get(current)
    return False


def _refuse_training(phase: ast.Call | ast.stmt, view: ModuleView, candidate: Candidate, uses: Uses) -> None:
    """Training under the phase of inference, here, or by somebody who gets the model from here."""
    scope = uses.scopes[phase]
    for node in uses.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in FITS:
            same = uses.scopes[node] is scope
            below = node.lineno > phase.lineno or in_loop(phase, view)
            if (same and below) or (not same and scope.parent is None):
                raise Unprovable(SIDE_EFFECTS, _TRAINED, node)
        if scope is not candidate.scope and scope.parent is not None:
            name = keras_name(node.func, uses.scopes[node], view.symbols) or ""
            if name.rpartition(".")[2] in _TRAINED_OTHERWISE:
                raise Unprovable(SIDE_EFFECTS, _TRAINED, phase)
