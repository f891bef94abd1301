"""Reads `saver.save(sess, path)` in training code: which checkpoints are written, of which variables."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.flow import LOOPS, TRIES, Definition, Step
from migrate.source.kinds import Kind, Kinds, calls, header
from migrate.source.specs import argument_of
from migrate.source.strategies.plan import Checkpoints
from migrate.source.unprovable import CONTROL_FLOW, VARIABLE, Unprovable

_OPTIONS = frozenset({"max_to_keep", "keep_checkpoint_every_n_hours", "var_list", "name"})
_SAVED = frozenset({"sess", "save_path", "global_step", "latest_filename", "write_meta_graph", "write_state"})
_ALL = frozenset({"global_variables", "all_variables"})


@dataclass(frozen=True, slots=True, eq=False)
class Save:
    """One `saver.save(sess, path)`.

    Attributes:
        call: The call.
        saver: The name of the Saver, as it is spelled there.
        session: The session that has the values.
        made: The Saver.
        count: The variable whose value ends the checkpoint's name.
    """

    call: ast.Call
    saver: ast.expr
    session: ast.expr
    made: Definition
    count: ast.Name | None = None


def read_save(step: Step, kinds: Kinds) -> Save | None:
    """The checkpoint that a step writes, if it does that and nothing else with a session.

    Args:
        step: A step of the region.
        kinds: The region.

    Raises:
        Unprovable: It writes one, and what cannot be said of it.
    """
    found = [
        call
        for part in header(step)
        for call in calls(part)
        if isinstance(call.func, ast.Attribute) and kinds.of(call.func.value) is Kind.SAVER
    ]
    match found:
        case [ast.Call(func=ast.Attribute(value=saver, attr="save")) as call]:
            pass
        case _:
            return None
    made = kinds.region.value_of.get(saver) if isinstance(saver, ast.Name) else None
    session = argument_of(call, "sess", 0)
    plain = isinstance(made, Definition) and made.known and made.previous is None and not made.path
    if not plain or not isinstance(session, ast.Name) or kinds.of(session) is not Kind.SESSION:
        raise Unprovable(VARIABLE, "it cannot be seen which Saver writes a checkpoint", call)
    if len(call.args) > 3 or any(keyword.arg not in _SAVED for keyword in call.keywords):
        raise Unprovable(VARIABLE, "a checkpoint is written with unusual options", call)
    count = argument_of(call, "global_step", 2)
    if not isinstance(count, ast.Name) or kinds.of(count) is not Kind.VARIABLE:
        count = None
    others = [node for node in (*call.args, *(k.value for k in call.keywords)) if node not in (session, count)]
    tensor = next((node for node in others if kinds.of(node) not in (Kind.PYTHON, Kind.CONFIG)), None)
    if tensor is not None:
        raise Unprovable(VARIABLE, f"the name of a checkpoint ends with {ast.unparse(tensor)}, a tensor", tensor)
    assert isinstance(made, Definition)
    return Save(call, saver, session, made, count)


def read_count(step: Step, kinds: Kinds) -> tuple[ast.Call, ast.Name] | None:
    """`n = tf.train.global_step(sess, variable)`, also printed: the call, and the variable."""
    found = [call for part in header(step) for call in calls(part) if kinds.symbol(call) == "train.global_step"]
    match found:
        case [ast.Call(args=[session, ast.Name() as count], keywords=[]) as call]:
            known = kinds.of(session) is Kind.SESSION and kinds.of(count) is Kind.VARIABLE
            return (call, count) if known and isinstance(step.node, (ast.Assign, ast.Expr)) else None
    return None


def read_saver(made: Definition, kinds: Kinds) -> Checkpoints:
    """What a Saver saves.

    Raises:
        Unprovable: It is not all variables, or all that are trained.
    """
    call = made.expression
    if not isinstance(call, ast.Call) or kinds.symbol(call) != "train.Saver" or made.step.inlined is not None:
        raise Unprovable(VARIABLE, f"it cannot be seen what Saver '{made.name}' is", made.step.node)
    if any(isinstance(branch.step.node, (*LOOPS, *TRIES)) for branch in made.step.branches):
        raise Unprovable(CONTROL_FLOW, "a Saver is made in a loop or a try statement", call)
    if len(call.args) > 1 or any(keyword.arg not in _OPTIONS for keyword in call.keywords):
        raise Unprovable(VARIABLE, "a Saver has unusual options", call)
    options = [keyword for keyword in call.keywords if keyword.arg not in ("var_list", "name")]
    if any(not isinstance(keyword.value, ast.Constant) for keyword in options):
        raise Unprovable(VARIABLE, "the options of a Saver are not written out", call)
    given = argument_of(call, "var_list", 0)
    name = kinds.symbol(given) if isinstance(given, ast.Call) and not given.args and not given.keywords else None
    everything = given is None or (isinstance(given, ast.Constant) and given.value is None) or name in _ALL
    if not everything and name != "trainable_variables":
        raise Unprovable(VARIABLE, "a Saver is given some variables", call)
    return Checkpoints(made, not everything, tuple((str(k.arg), ast.unparse(k.value)) for k in options))
