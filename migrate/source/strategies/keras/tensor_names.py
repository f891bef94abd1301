"""The names that TF1 gave to the inputs and outputs of a Keras model whose layers the module spells out."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.flow import Definition, Region
from migrate.source.strategies.keras.layers import SHAPE_KEYWORDS, Layers, first_value
from migrate.source.strategies.keras.op_names import APPLICATIONS, STEADY, class_of, last_op, layer_name

_UNNAMED = frozenset({"alpha", "classes", "depth_multiplier", "dropout", "input_shape", "weights"})
"""What one says of an application that does not change the names of its ends."""
_HELPERS = ("decode_predictions", "preprocess_input")
_FLAT = frozenset({"Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
                   "GlobalMaxPooling2D"})  # fmt: skip
_RECURRENT = frozenset({"GRU", "LSTM", "SimpleRNN"})
_MERGES = frozenset({"Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract"})
_MERGING = frozenset(name.lower() for name in _MERGES)
_NOT_IN_BASES = frozenset({"Dense", "Input"})
"""Layers without a name that an application without its last layers does not make, or one of which it makes."""
_SAME_RANK = frozenset({"Dense", "Dropout", "Activation", "BatchNormalization", "LeakyReLU", "ReLU"})


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """The call that makes a model, and the function it stands in."""

    call: ast.Call
    region: Region


class TensorNames:
    """Tells what TF1 named the tensors of a model."""

    def __init__(self, layers: Layers, region: Region) -> None:
        """Takes the function that exports the model.

        Args:
            layers: What the module says about its models.
            region: The function.
        """
        self._layers = layers
        self._region = region

    def outputs(self, model: ast.expr, *, whole: bool = True) -> list[str] | None:
        """The names of a model's outputs, without `:0`; None where they cannot be told.

        Args:
            model: The model.
            whole: Whether the ops are meant, as in `scores/Softmax`, or the layers that make them.
        """
        ready = self._application(model)
        if ready is not None:
            return [ready if whole else ready.partition("/")[0]]
        made = self._made(model)
        if made is None:
            return None
        if self._layers.name(made.call) == "Sequential":
            chain = self._layers.chain(made.call, made.region)
            found: str | None = None
            if chain and not self._deferred(chain[0]):
                found = self._name(chain[-1], chain[:-1]) if whole else self._own_name(chain[-1])
            return [found] if found is not None else None
        given = {keyword.arg: keyword.value for keyword in made.call.keywords}
        outputs = made.call.args[1] if len(made.call.args) > 1 else given.get("outputs", given.get("output"))
        names: list[str] = []
        for output in outputs.elts if isinstance(outputs, (ast.List, ast.Tuple)) else [outputs]:
            behind = self._made_by(output, made.region)
            name: str | None = None
            if behind:
                name = self._name(behind[-1], behind[:-1]) if whole else self._own_name(behind[-1])
            if name is None:
                return None
            names.append(name)
        return names

    def inputs(self, model: ast.expr) -> list[str] | None:
        """The names of a model's inputs, without `:0`; None where they cannot be told.

        Args:
            model: The model.
        """
        if self._application(model) is not None:
            return ["input_1"]
        made = self._made(model)
        if made is None:
            return None
        if self._layers.name(made.call) == "Sequential":
            chain = self._layers.chain(made.call)
            if not chain or self._layers.name(chain[0]) in ("Input", "InputLayer") or self._deferred(chain[0]):
                return None
            first = self._own_name(chain[0])
            return [f"{first}_input"] if first is not None else None
        given = {keyword.arg: keyword.value for keyword in made.call.keywords}
        inputs = made.call.args[0] if made.call.args else given.get("inputs", given.get("input"))
        names: list[str] = []
        for one in inputs.elts if isinstance(inputs, (ast.List, ast.Tuple)) else [inputs]:
            behind = self._made_by(one, made.region)
            own = one is not None and self._is_end(one, made.region, "input", "inputs")
            if own and _has(behind[0], "input_tensor"):
                return None
            if len(behind) != 1 or not (own or self._layers.name(behind[0]) == "Input"):
                return None
            name = self._own_name(behind[0])
            if name is None:
                return None
            names.append(name)
        return names

    def input_count(self, model: ast.expr) -> int | None:
        """How many inputs a model has; None where it cannot be seen.

        Args:
            model: The model.
        """
        made, region = _call_behind(model, self._region), self._region
        function = region.function(made.func) if made is not None else None
        if made is not None and function is not None:
            # `model = build()`
            returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
            if len(returned) != 1 or returned[0] is None or function.decorator_list:
                return None
            region = self._layers.region(function)
            made = returned[0] if isinstance(returned[0], ast.Call) else _call_behind(returned[0], region)
        if made is None:
            return None
        if self._layers.name(made) == "Sequential":
            return 1
        if self._layers.name(made) != "Model":
            return None
        given = {keyword.arg: keyword.value for keyword in made.keywords}
        inputs = made.args[0] if made.args else given.get("inputs", given.get("input"))
        if isinstance(inputs, ast.Name):
            value = region.value_of.get(inputs)
            plain = isinstance(value, Definition) and value.known and value.previous is None and not value.path
            inputs = value.expression if plain and isinstance(value, Definition) else None
        match inputs:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return None if any(isinstance(one, ast.Starred) for one in elements) else len(elements)
            case ast.Call() if self._layers.name(inputs) == "Input":
                return 1
        return None

    def _application(self, model: ast.expr) -> str | None:
        """The name of the output of one of Keras' own applications that is all that the module makes of Keras."""
        call = _call_behind(model, self._region)
        if call is None or not self._layers.stands_straight(call, self._region):
            return None
        kind = self._layers.name(call) or ""
        name = APPLICATIONS.get(kind) if kind in STEADY or not self._layers.is_standalone(call) else None
        plain = all(
            keyword.arg in _UNNAMED or (keyword.arg == "include_top" and _is_true(keyword.value))
            for keyword in call.keywords
        )
        if name is None or call.args or not plain or not self._layers.runs_once(self._region):
            return None
        others = [full for _, one in self._layers.calls() if one is not call and (full := self._layers.full_name(one))]
        made = ("layers.", "models.", "engine.", "applications.", "Input", "Model", "Sequential", "estimator.")
        used = [full for full in others if full.startswith(made) and not full.endswith(_HELPERS)]
        return None if used or "clone_model" in others else name

    # ---- the model ---------------------------------------------------------------------------------------------

    def _made(self, model: ast.expr) -> _Made | None:
        """What makes a model, where all layers of the module are made there, each once."""
        made = _call_behind(model, self._region)
        if made is None:
            return None
        region = self._region
        function = region.function(made.func)
        if function is not None:
            # `model = build()`
            returned = function.body[-1]
            several = sum(isinstance(node, ast.Return) for node in ast.walk(function)) > 1
            if not isinstance(returned, ast.Return) or several or function.decorator_list:
                return None
            if returned.value is None or not self._layers.stands_straight(made, region):
                return None
            region = self._layers.region(function)
            made = returned.value if isinstance(returned.value, ast.Call) else _call_behind(returned.value, region)
        if made is None or self._layers.name(made) not in ("Sequential", "Model") or not self._built_once(region):
            return None
        return _Made(made, region)

    def _made_by(self, node: ast.expr | None, region: Region) -> list[ast.Call]:
        """The layers behind a tensor, the last one last: `Dense(2)(Flatten()(x))`."""
        if isinstance(node, ast.Name):
            value = region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                return self._made_by(value.expression, region)
        match node:
            case ast.Attribute() if self._is_end(node, region, "input", "inputs", "output"):
                made = self._layers.base(node.value, region)
                return [made] if made is not None else []
            case ast.Call(func=ast.Name() as called, args=[inner], keywords=[]):
                made = self._layers.base(called, region)
                if made is not None:
                    return [*self._made_by(inner, region), made]
        match node:
            case ast.Call(func=ast.Call() as layer, args=[ast.List(elts=[first, *_])], keywords=[]) if (
                self._layers.name(layer) in _MERGES
            ):
                return [*self._made_by(first, region), layer]
            case ast.Call(func=ast.Call() as layer, args=[inner], keywords=[]) if self._layers.name(layer) is not None:
                return [*self._made_by(inner, region), layer]
            case ast.Call(args=[ast.List(elts=[first, *_]), *_]) if self._layers.name(node) in _MERGING:
                return [*self._made_by(first, region), node]
            case ast.Call() if self._layers.name(node) == "Input":
                return [node]
        return []

    def _is_end(self, node: ast.expr, region: Region, *attributes: str) -> bool:
        """Whether an expression is the input, or the output, of an application without its last layers."""
        return (
            isinstance(node, ast.Attribute)
            and node.attr in attributes
            and self._layers.base(node.value, region) is not None
        )

    # ---- its layers --------------------------------------------------------------------------------------------

    def _name(self, layer: ast.Call, before: list[ast.Call]) -> str | None:
        kind = class_of(self._layers.name(layer))
        flat = self._is_flat(before, layer)
        standalone = self._layers.is_standalone(layer)
        op = last_op(kind, layer, self._layers.tensorflow_name, flat=flat, standalone=standalone)
        own = self._own_name(layer)
        return f"{own}/{op}" if op is not None and own is not None else None

    def _own_name(self, layer: ast.Call) -> str | None:
        given = next((keyword.value for keyword in layer.keywords if keyword.arg == "name"), None)
        if any(keyword.arg is None for keyword in layer.keywords):
            return None
        if given is not None:
            return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
        kind = "Input" if self._layers.is_base(layer) else class_of(self._layers.name(layer))
        standalone = self._layers.is_standalone(layer)
        bases = [call for _, call in self._layers.calls() if self._layers.is_base(call)]
        if bases and kind not in _NOT_IN_BASES:
            return None
        earlier = 0
        for name, call in self._layers.calls():
            if call is layer:
                break
            named = any(keyword.arg == "name" for keyword in call.keywords)
            same = class_of(name) == kind or (kind == "Input" and call in bases and not _has(call, "input_tensor"))
            if same and not named and self._layers.is_standalone(call) == standalone:
                earlier += 1
        # Inputs are counted from 1 by either Keras.
        return layer_name(kind, earlier, standalone=standalone or kind == "Input")

    def _is_flat(self, before: list[ast.Call], last: ast.Call) -> bool:
        """Whether the last of some layers gets tensors of two dimensions."""
        for layer in reversed(before):
            name = class_of(self._layers.name(layer))
            if name in _FLAT or (name in _RECURRENT and len(layer.args) == 1 and not _has(layer, "return_sequences")):
                return True
            if name in _MERGES | _MERGING:
                continue
            if name in ("Input", "InputLayer") or (name in _SAME_RANK and _shape(layer) is not None):
                return _shape(layer) == 1
            if name not in _SAME_RANK:
                return False
        return not before and _shape(last) == 1

    def _deferred(self, first: ast.Call) -> bool:
        """Whether a `Sequential` gets its shape from the data; its tensors have other names then."""
        given = {keyword.arg for keyword in first.keywords}
        return self._layers.name(first) not in ("Embedding", "InputLayer", "Input") and not SHAPE_KEYWORDS & given

    def _built_once(self, region: Region) -> bool:
        """Whether a function makes all layers of the module, each once, and nothing resets the names."""
        if self._layers.loads() is not None:
            return False
        if not self._layers.runs_once(region) or not self._layers.runs_once(self._region):
            return False
        seen = False
        for name, call in self._layers.calls():
            full = self._layers.full_name(call) or ""
            if full.startswith("applications.") and not full.endswith(_HELPERS):
                if not self._layers.is_base(call) or not self._layers.stands_straight(call, region):
                    return False
            if name in ("multi_gpu_model", "clone_model"):
                return False
            if name == "clear_session" and seen:
                return False
            if full.startswith(("layers.", "models.", "engine.")) or name in ("Input", "Sequential", "Model"):
                seen = True
                if not self._layers.stands_straight(call, region):
                    return False
        return True


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _shape(layer: ast.Call) -> int | None:
    """How many dimensions a layer says that its input has, beside that of the batch."""
    for keyword in layer.keywords:
        match keyword:
            case ast.keyword(arg="input_dim"):
                return 1
            case ast.keyword(arg="input_shape" | "shape", value=ast.Tuple(elts=elements) | ast.List(elts=elements)):
                return len(elements)
            case ast.keyword(arg="batch_input_shape" | "batch_shape", value=ast.Tuple(elts=elements)):
                return len(elements) - 1
    match layer.args:
        case [ast.Tuple(elts=elements), *_] | [ast.List(elts=elements), *_]:
            return len(elements)
    return None


def _has(layer: ast.Call, name: str) -> bool:
    return any(keyword.arg in (name, None) for keyword in layer.keywords)


def _call_behind(model: ast.expr, region: Region) -> ast.Call | None:
    """The call that a name is set to, before `model.add(layer)` and the like."""
    value = first_value(region.value_of.get(model)) if isinstance(model, ast.Name) else None
    if not isinstance(value, Definition) or not value.known or value.path:
        return None
    return value.expression if isinstance(value.expression, ast.Call) else None
