"""What many layers share: initializers, regularizers, activations, biases."""

from __future__ import annotations

import ast
import math

from migrate.source.layers.call import LayerCall
from migrate.source.layers.lowered import VariableText

_ACTIVATION_NAMES = {"relu": "nn.relu", "sigmoid": "nn.sigmoid", "tanh": "nn.tanh", "elu": "nn.elu", "linear": None}
_PASSED_ACTIVATIONS = frozenset({"identity"})


def activated(call: LayerCall, name: str, text: str, default: str | None = None) -> str:
    """The text of an activation on a text."""
    node = call.expression(name)
    tf = call.place.tf
    if node is None:
        return f"{tf}.{default}({text})" if default else text
    value = call.place.constants.value(node)
    if value is None:
        return text
    if isinstance(value, str) and value in _ACTIVATION_NAMES:
        found = _ACTIVATION_NAMES[value]
        return f"{tf}.{found}({text})" if found else text
    symbol = call.place.symbol(node)
    if symbol is None and not call.place.is_function(node):
        raise call.refuse(f"the function {ast.unparse(node)} is not known here")
    if symbol in _PASSED_ACTIVATIONS:
        return text
    function = call.place.text(node)
    return f"({function})({text})" if isinstance(node, ast.Lambda) else f"{function}({text})"


def initializer(call: LayerCall, name: str, default: str | None, shape: tuple[object, ...]) -> str | None:
    """The text of an initializer for `tf.get_variable`.

    Args:
        call: The layer call.
        name: The parameter.
        default: Its default, below `tf.`; None for that of the variable scope.
        shape: The variable's shape, which some initializers of contrib read.
    """
    tf = call.place.tf
    node = call.expression(name)
    fallback = f"{tf}.{default}()" if default else None
    if node is None:
        return fallback
    source = call.place.constants.source(node)
    if isinstance(source, ast.Constant) and source.value is None:
        return None
    made = call.place.symbol(source.func if isinstance(source, ast.Call) else source) or ""
    if made.startswith("contrib."):
        return _contrib_initializer(call, name, source, made.rpartition(".")[2], shape)
    return call.place.text(node)


def _contrib_initializer(call: LayerCall, name: str, source: ast.expr, last: str, shape: tuple[object, ...]) -> str:
    """Initializers of tf.contrib.layers: uniform Xavier is Glorot's, the others draw from normal distributions."""
    tf = call.place.tf
    if not isinstance(source, ast.Call):
        raise call.refuse(f"{name} is not a call")
    parameters = {
        "xavier_initializer": ("uniform", "seed", "dtype"),
        "xavier_initializer_conv2d": ("uniform", "seed", "dtype"),
        "variance_scaling_initializer": ("factor", "mode", "uniform", "seed", "dtype"),
    }.get(last)
    if parameters is None:
        raise call.refuse(f"the initializer tf.contrib.layers.{last} has no counterpart")
    given = LayerCall(source, f"tf.contrib.layers.{last}", parameters, call.place)
    if not given.is_none("dtype") and not (call.place.symbol(given.tensor("dtype")) or "").endswith("float32"):
        raise call.refuse(f"{name} has a dtype of its own")
    given.expression("dtype")
    seed = given.expression("seed")
    seeded = f"seed={call.place.text(seed)}" if seed is not None and not given.is_none("seed") else ""
    if last.startswith("xavier") and given.boolean("uniform", True):
        return f"{tf}.glorot_uniform_initializer({seeded})"
    factor = call.place.constants.value(f) if (f := given.expression("factor")) is not None else 2.0
    mode = given.string("mode", "FAN_IN") if last == "variance_scaling_initializer" else "FAN_AVG"
    if last.startswith("xavier"):
        factor = 1.0
    uniform = given.boolean("uniform", False)
    sizes = [size for size in shape if isinstance(size, int)]
    if len(sizes) < len(shape) or len(sizes) < 2 or not isinstance(factor, (int, float)):
        raise call.refuse(f"{name} depends on a shape that is only known at run time")
    field = math.prod(sizes[:-2])
    fans: dict[str | None, float] = {"FAN_IN": sizes[-2] * field, "FAN_OUT": sizes[-1] * field}
    fans["FAN_AVG"] = (fans["FAN_IN"] + fans["FAN_OUT"]) / 2
    if mode not in fans or mode is None:
        raise call.refuse(f"{name} has the mode {mode}")
    if uniform:
        limit = math.sqrt(3.0 * factor / fans[mode])
        parts = [repr(-limit), repr(limit), seeded]
        return f"{tf}.random_uniform_initializer({', '.join(part for part in parts if part)})"
    # contrib's own correction for the cut tails.
    spread = math.sqrt(1.3 * factor / fans[mode])
    return f"{tf}.truncated_normal_initializer({', '.join(part for part in (f'stddev={spread!r}', seeded) if part)})"


def regularizer(call: LayerCall, name: str) -> str | None:
    """The text of a regularizer: contrib's are respelled, TF2 has tf.keras.regularizers only."""
    node = call.expression(name)
    if node is None or call.is_none(name):
        return None
    source = call.place.constants.source(node)
    made = call.place.symbol(source.func) if isinstance(source, ast.Call) else None
    if made is None or not isinstance(source, ast.Call):
        raise call.refuse(f"{name} is not known here")
    tf = call.place.tf
    if made in ("contrib.layers.l2_regularizer", "contrib.layers.l1_regularizer"):
        given = LayerCall(source, f"tf.{made}", ("scale", "scope"), call.place)
        scale = call.place.text(given.tensor("scale"))
        # contrib halves the sum of squares.
        return (
            f"{tf}.keras.regularizers.l2(0.5 * ({scale}))" if "l2" in made else f"{tf}.keras.regularizers.l1({scale})"
        )
    if made.startswith("keras.regularizers."):
        return call.place.text(node)
    raise call.refuse(f"the regularizer tf.{made} has no counterpart")


def variable(
    call: LayerCall,
    suffix: str,
    shape: tuple[str, ...],
    known: tuple[object, ...],
    role: str,
    default: str | None,
    trainable: bool,
    *,
    regularized: str | None = None,
) -> VariableText:
    """A variable with the initializer and regularizer that a call gives it by `<role>_initializer` and so on."""
    return VariableText(
        suffix,
        f"[{', '.join(shape)}]",
        initializer(call, f"{role}_initializer", default, known),
        regularizer(call, regularized or f"{role}_regularizer"),
        trainable,
    )


def refuse_constraints(call: LayerCall, *names: str) -> None:
    """Refuses arguments that change the variables while they are trained, or add losses."""
    for name in names:
        if call.expression(name) is not None and not call.is_none(name):
            raise call.refuse(f"the argument {name} has no counterpart")
