"""The names that TF1 gave to the outputs of a Keras model whose layers the module spells out."""

from __future__ import annotations

import ast
import re

from migrate.source.flow import Definition, Region
from migrate.source.strategies.keras.layers import SHAPE_KEYWORDS, Layers, first_value
from migrate.source.strategies.keras.names import imports_standalone

_OPS = {"relu": "Relu", "sigmoid": "Sigmoid", "softmax": "Softmax", "tanh": "Tanh"}
_FLAT = frozenset({"Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
                   "GlobalMaxPooling2D", "GlobalMaxPool2D"})  # fmt: skip
_SAME_RANK = frozenset({"Dense", "Dropout", "Activation", "BatchNormalization", "LeakyReLU", "ReLU"})


class OutputNames:
    """Tells what TF1 named the outputs of a model."""

    def __init__(self, layers: Layers, region: Region) -> None:
        """Takes the function that exports the model.

        Args:
            layers: What the module says about its models.
            region: The function.
        """
        self._layers = layers
        self._region = region

    def of(self, model: ast.expr) -> list[str] | None:
        """The names, without `:0`; None where they cannot be told.

        Args:
            model: The model.
        """
        value = first_value(self._region.value_of.get(model)) if isinstance(model, ast.Name) else None
        if (
            not isinstance(value, Definition)
            or not value.known
            or value.path
            or not isinstance(value.expression, ast.Call)
        ):
            return None
        call = value.expression
        name = self._layers.name(call)
        if not self._built_once():
            return None
        if name == "Sequential":
            chain = self._layers.chain(call)
            found = self._name(chain[-1], chain[:-1]) if chain and not self._deferred(chain[0]) else None
            return [found] if found is not None else None
        if name == "Model":
            return self._functional(call)
        return None

    def _functional(self, call: ast.Call) -> list[str] | None:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        outputs = call.args[1] if len(call.args) > 1 else given.get("outputs")
        wanted = outputs.elts if isinstance(outputs, (ast.List, ast.Tuple)) else [outputs]
        names: list[str] = []
        for output in wanted:
            chain = self._made_by(output)
            name = self._name(chain[-1], chain[:-1]) if chain else None
            if name is None:
                return None
            names.append(name)
        return names

    def _made_by(self, node: ast.expr | None) -> list[ast.Call]:
        """The layers behind a tensor, the last one last: `Dense(2)(Flatten()(x))`."""
        if isinstance(node, ast.Name):
            value = self._region.value_of.get(node)
            if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                return self._made_by(value.expression)
        match node:
            case ast.Call(func=ast.Call() as layer, args=[inner], keywords=[]) if self._layers.name(layer) is not None:
                return [*self._made_by(inner), layer]
            case ast.Call() if self._layers.name(node) == "Input":
                return [node]
        return []

    def _name(self, layer: ast.Call, before: list[ast.Call]) -> str | None:
        kind = self._layers.name(layer)
        given = {keyword.arg: keyword.value for keyword in layer.keywords}
        position = {"Dense": 1, "Activation": 0}.get(kind or "")
        if position is None or None in given:
            return None
        activation = layer.args[position] if len(layer.args) > position else given.get("activation")
        if kind == "Dense" and activation is None:
            bias = given.get("use_bias")
            op = "BiasAdd" if len(layer.args) < 3 and bias is None else None
        else:
            op = _OPS.get(str(activation.value)) if isinstance(activation, ast.Constant) else None
        if op is None or (op == "Softmax" and not self._is_flat(before)):
            return None
        own = self._own_name(layer, given.get("name"))
        return f"{own}/{op}" if own is not None else None

    def _own_name(self, layer: ast.Call, given: ast.expr | None) -> str | None:
        if given is not None:
            return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
        kind = self._layers.name(layer)
        earlier = 0
        for name, call in self._layers.calls():
            if call is layer:
                break
            if name == kind and not any(keyword.arg == "name" for keyword in call.keywords):
                earlier += 1
        count = earlier + (1 if imports_standalone(self._region.symbols) else 0)
        plain = re.sub(r"(?<!^)(?=[A-Z][a-z])", "_", str(kind)).lower()
        return f"{plain}_{count}" if count else plain

    def _is_flat(self, before: list[ast.Call]) -> bool:
        """Whether what layers return has two dimensions."""
        for layer in reversed(before):
            name = self._layers.name(layer)
            if name in _FLAT:
                return True
            for keyword in layer.keywords:
                match keyword:
                    case ast.keyword(arg="input_dim"):
                        return True
                    case ast.keyword(arg="input_shape" | "shape", value=ast.Tuple(elts=elements)):
                        return len(elements) == 1
            if name == "Input" and layer.args and isinstance(layer.args[0], ast.Tuple):
                return len(layer.args[0].elts) == 1
            if name not in _SAME_RANK:
                return False
        return False

    def _deferred(self, first: ast.Call) -> bool:
        """Whether a `Sequential` gets its shape from the data; its tensors have other names then."""
        given = {keyword.arg for keyword in first.keywords}
        return self._layers.name(first) not in ("Embedding", "InputLayer", "Input") and not SHAPE_KEYWORDS & given

    def _built_once(self) -> bool:
        """Whether the function of the export makes all layers of the module, each once, and nothing resets the names."""
        if self._layers.loads() is not None or not self._layers.runs_once(self._region):
            return False
        seen = False
        for name, call in self._layers.calls():
            full = self._layers.full_name(call) or ""
            if full.startswith("applications.") or name in ("multi_gpu_model", "clone_model"):
                return False
            if name == "clear_session" and seen:
                return False
            if full.startswith(("layers.", "models.", "engine.")) or name in ("Input", "Sequential", "Model"):
                seen = True
                if not self._layers.stands_straight(call, self._region):
                    return False
        return True
