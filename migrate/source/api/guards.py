"""Conditions under which an adapted call is the same, where the names of the arguments alone do not tell.

A guard gets the arguments of the call. It answers None where the entry holds as it is, a dict of changes to
the entry (see compiling.py), or a `Refusal`. The facts that a caller may give, by argument:

    one tensor       a single tensor or variable: no list, no partitioned variable
    floating         a floating point (or complex) tensor
    integer          an integer tensor
    same shape       the argument has the very shape of the condition
    not one element  a branch function that does not return a list or tuple of exactly one element
    several          loop variables that are two or more tensors
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from migrate.source.api.answers import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrate.source.api.binding import Given

Verdict = Refusal | dict[str, Any] | None

TENSOR_CALLS = frozenset(
    """
    abs add argmax argmin cast concat constant convert_to_tensor divide equal exp expand_dims fill gather
    greater greater_equal group identity less less_equal log logical_and logical_not logical_or matmul
    maximum minimum multiply negative no_op not_equal one_hot ones ones_like pad range reduce_all
    reduce_any reduce_max reduce_mean reduce_min reduce_prod reduce_sum relu reshape sigmoid sign slice
    softmax sqrt square squeeze stack subtract tanh tile to_float to_int32 to_int64 transpose truediv
    where zeros zeros_like
    """.split()  # noqa: SIM905 - seventy lines else
)
"""TF functions that give one tensor (or an operation), and never a list."""


def apply(guard: str | None, given: Given) -> Verdict:
    """The verdict of a guard; None where there is none."""
    return None if guard is None else _GUARDS[guard](given)


def _parsed(text: str | None) -> ast.expr | None:
    if text is None:
        return None
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _refuse(given: Given, reason: str, parameter: str, fact: str) -> Refusal:
    source = given.sources.get(parameter)
    return Refusal(reason, () if source is None else ((source, fact),))


def _where(given: Given) -> Verdict:
    """With three arguments TF2 broadcasts where TF1 picks rows; only equal shapes are the same."""
    if "x" not in given.sources or given.text("x") == "None" or given.knows("x", "same shape"):
        return None
    return {"v2": "raw_ops.Select", "to": ["condition", "x", "y", "name"], "keywords": True}


def _div(given: Given) -> Verdict:
    """`tf.div` rounds integers down and divides floats; TF2 has a name for each, and none for both."""
    for parameter in ("x", "y"):
        parsed = _parsed(given.text(parameter))
        if isinstance(parsed, ast.UnaryOp):
            parsed = parsed.operand
        literal = isinstance(parsed, ast.Constant) and isinstance(parsed.value, float)
        if literal or given.knows(parameter, "floating"):
            return None
        if given.knows(parameter, "integer"):
            return {"v2": "math.floordiv"}
    return _refuse(given, "tf.div is two operations in TF2, by whether its numbers are integers", "x", "floating")


def _embedding(given: Given) -> Verdict:
    """TF1 spreads the ids over a list of tensors with `mod`, TF2 with `div`; one tensor is the same."""
    params = "params" if "params" in given.sources else "embedding_weights"
    if given.text("partition_strategy") in ("'div'", '"div"') or given.knows(params, "one tensor"):
        return None
    parsed = _parsed(given.text(params))
    if isinstance(parsed, ast.List | ast.Tuple) and len(parsed.elts) == 1 and not _starred(parsed):
        return None
    reason = f"tf.{given.name} spreads its ids differently in TF2 where it is given a list of tensors"
    return _refuse(given, reason, params, "one tensor")


def _starred(display: ast.List | ast.Tuple) -> bool:
    return any(isinstance(element, ast.Starred) for element in display.elts)


def _cond(given: Given) -> Verdict:
    """TF1 unpacks a branch's list of one element (strict=False), TF2 never does."""
    if given.text("strict") == "True":
        return None
    for parameter in ("true_fn", "false_fn", "fn1", "fn2"):
        if parameter not in given.sources or given.knows(parameter, "not one element"):
            continue
        parsed = _parsed(given.text(parameter))
        if not (isinstance(parsed, ast.Lambda) and _not_one_element(parsed.body)):
            reason = "tf.cond unpacks what a branch returns where that is a list of one element; TF2's does not"
            return _refuse(given, reason, parameter, "not one element")
    return None


def _not_one_element(body: ast.expr) -> bool:
    """Whether an expression surely is no list or tuple of one element."""
    if isinstance(body, ast.List | ast.Tuple):
        return len(body.elts) > 1 and not _starred(body)
    if isinstance(body, ast.Call):
        name = ast.unparse(body.func)
        return name.startswith("tf.") and name.rpartition(".")[2] in TENSOR_CALLS
    if isinstance(body, ast.BinOp):
        # Lists know + and *, and nothing else.
        return not isinstance(body.op, ast.Add | ast.Mult) or any(
            isinstance(side, ast.Constant) and isinstance(side.value, float) for side in (body.left, body.right)
        )
    return isinstance(body, ast.Constant)


def _while_loop(given: Given) -> Verdict:
    """TF1 unpacks the result of a loop over one variable unless told to keep the structure."""
    if given.text("return_same_structure") == "True" or given.knows("loop_vars", "several"):
        return None
    parsed = _parsed(given.text("loop_vars"))
    if isinstance(parsed, ast.List | ast.Tuple) and len(parsed.elts) > 1 and not _starred(parsed):
        full = [e for e in parsed.elts if not (isinstance(e, ast.List | ast.Tuple | ast.Dict | ast.Constant))]
        if len(full) > 1 or len(full) + sum(isinstance(e, ast.Constant) for e in parsed.elts) > 1:
            return None
    return _refuse(
        given,
        "tf.while_loop unpacks its result where it loops over one tensor; TF2's does not",
        "loop_vars",
        "several",
    )


def _constant(given: Given) -> Verdict:
    """With a shape, TF1 repeats the last of too few values; TF2 repeats a scalar only."""
    if "shape" not in given.sources or given.text("shape") == "None":
        return None
    parsed = _parsed(given.text("value"))
    if isinstance(parsed, ast.UnaryOp):
        parsed = parsed.operand
    if isinstance(parsed, ast.Constant):
        return None
    try:
        value, shape = (
            ast.literal_eval(given.text("value") or ""),
            ast.literal_eval(given.text("shape") or ""),
        )
        wanted = 1
        for size in shape if isinstance(shape, list | tuple) else (shape,):
            wanted *= size
        if _count(value) == wanted:
            return None
    except (ValueError, SyntaxError, TypeError):
        pass
    return Refusal("tf.constant with a shape repeats the last of too few values, which TF2's does not")


def _count(value: Any) -> int:
    return sum(map(_count, value)) if isinstance(value, list | tuple) else 1


def _name_scope(given: Given) -> Verdict:
    """TF1 takes a default name beside the name."""
    if given.text("name") == "None" and "default_name" in given.sources:
        return {"map": {"default_name": "name"}, "drop": {"name": ["None"], "values": "any"}}
    if "default_name" in given.sources and given.text("default_name") != "None":
        parsed = _parsed(given.text("name"))
        if not (isinstance(parsed, ast.Constant) and isinstance(parsed.value, str)):
            return Refusal("tf.name_scope takes its default name where the name is None, which is not known here")
    if given.text("name") == "None":
        return Refusal("tf.name_scope without a name is no scope in TF2")
    return None


def _device(given: Given) -> Verdict:
    """TF1 takes functions too."""
    parsed = _parsed(given.text("device_name_or_function"))
    if isinstance(parsed, ast.Constant) and isinstance(parsed.value, str | None):
        return None
    return Refusal("tf.device is given something other than a literal; TF2's takes no function")


def _fused_batch_norm(given: Given) -> Verdict:
    """TF1 raises a small epsilon to 1.001e-5."""
    parsed = _parsed(given.text("epsilon"))
    value = parsed.value if isinstance(parsed, ast.Constant) else None
    if "epsilon" in given.sources and not (isinstance(value, float) and value > 1.001e-5):
        return Refusal("tf.nn.fused_batch_norm raises an epsilon below 1.001e-5, and the value is not known here")
    return None


def _initializer(given: Given) -> Verdict:
    """TF1's initializers carry their dtype; TF2's are told it when they are called."""
    text = given.text("dtype")
    if "dtype" not in given.sources or (text is not None and text.rpartition(".")[2] == "float32"):
        return {"drop": {"dtype": "any", "verify_shape": ["False"]}}
    return Refusal(f"tf.{given.name} carries a dtype, which TF2's is given with the shape")


def _floating(given: Given) -> Verdict:
    """TF1 gives integers back to an image of integers, TF2 gives floats."""
    if given.knows("image", "floating"):
        return None
    parsed = _parsed(given.text("image"))
    if isinstance(parsed, ast.Call):
        name = ast.unparse(parsed.func)
        types = [*parsed.args[1:2], *(keyword.value for keyword in parsed.keywords if keyword.arg == "dtype")]
        cast = name in ("tf.cast", "tf.image.convert_image_dtype") and [ast.unparse(t) for t in types] == ["tf.float32"]
        if cast or name == "tf.to_float":
            return None
    return _refuse(given, f"tf.{given.name} of integers gives integers in TF1, floats in TF2", "image", "floating")


def _constant_initializer(given: Given) -> Verdict:
    """TF1's makes float32 of its value; TF2's keeps what the value is."""
    verdict = _initializer(given)
    if isinstance(verdict, Refusal) or "value" not in given.sources:
        return verdict
    try:
        value = ast.literal_eval(given.text("value") or "")
    except (ValueError, SyntaxError):
        value = None
    if type(value) is int and (given.text("value") or "").strip("-").isdecimal():
        return {**(verdict or {}), "template": {"value": "{}.0"}}
    row = value if isinstance(value, list) and value else [value]
    if not all(isinstance(number, float) for number in row):
        return Refusal("tf.constant_initializer gives float32, TF2's the dtype of its value, which is not known here")
    return verdict


def _beam_search(given: Given) -> Verdict:
    """TF2 never merges repeated classes of the best beams; TF1 does unless told not to."""
    if given.text("merge_repeated") == "False":
        return None
    return Refusal("tf.nn.ctc_beam_search_decoder merges repeated classes unless told not to; TF2's never does")


_GUARDS: dict[str, Callable[[Given], Verdict]] = {
    "beam_search": _beam_search,
    "cond": _cond,
    "constant": _constant,
    "constant_initializer": _constant_initializer,
    "device": _device,
    "div": _div,
    "embedding": _embedding,
    "floating": _floating,
    "fused_batch_norm": _fused_batch_norm,
    "initializer": _initializer,
    "name_scope": _name_scope,
    "where": _where,
    "while_loop": _while_loop,
}
