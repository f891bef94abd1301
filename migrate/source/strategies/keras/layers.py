"""What a module says about the layers of its Keras models, and where Keras 3 computes otherwise than TF1 did."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.flow import Definition, Region, Value
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.op_names import APPLICATIONS
from migrate.source.strategies.keras.uses import Uses
from migrate.source.unprovable import INPUT, Unprovable

SHAPE_KEYWORDS = frozenset({"input_shape", "input_dim", "batch_input_shape", "batch_shape"})
LOADERS = frozenset({"load_model", "model_from_json", "model_from_yaml", "model_from_config"})
MODELS = LOADERS | {"Model", "Sequential", "clone_model"}
_SAID_OF_BASES = frozenset({"alpha", "classes", "depth_multiplier", "include_top", "input_shape", "input_tensor", "pooling",
                            "weights"})  # fmt: skip


class Layers:
    """The layers and models that a module makes."""

    def __init__(self, uses: Uses) -> None:
        """Reads a module.

        Args:
            uses: Its names.
        """
        self._uses = uses
        self._symbols = uses.view.symbols

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call of Keras in the module, with its last name."""
        for node in self._uses.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            name = self.name(node)
            if name is not None:
                yield name, node

    def is_loader(self, call: ast.Call) -> bool:
        """Whether a call reads a model from a file or a text."""
        return call in self._uses.scopes and self.name(call) in LOADERS

    def full_name(self, call: ast.Call) -> str | None:
        """The name below `keras` of what a call calls."""
        return keras_name(call.func, self._uses.scopes[call], self._symbols)

    def name(self, call: ast.Call) -> str | None:
        """The last part of that name, such as `Dense`."""
        full = self.full_name(call)
        return full.rpartition(".")[2] if full is not None else None

    def tensorflow_name(self, expression: ast.expr) -> str | None:
        """What TensorFlow calls something, such as `nn.softmax`; None for what is not TensorFlow's."""
        return self._symbols.resolve(expression, self._uses.scopes[expression])

    def text(self, expression: ast.expr) -> str:
        """The text of an expression in the new code."""
        return self._uses.view.text_of(expression)

    def is_standalone(self, call: ast.Call) -> bool:
        """Whether something comes from the Keras that is no part of TensorFlow."""
        qualified = self._symbols.qualified(call.func, self._uses.scopes[call]) or ""
        return qualified.partition(".")[0] == "keras"

    def region(self, function: ast.FunctionDef) -> Region:
        """The body of a function of the module."""
        return self._uses.view.kinds(self._symbols.scope_of(function)).region

    def runs_once(self, region: Region) -> bool:
        """Whether the module runs a function at most once, as far as it calls it itself.

        Args:
            region: The function, or the module.
        """
        node = region.scope.node
        if isinstance(node, ast.Module):
            return True
        calls = [
            call
            for call in self._uses.nodes(ast.Call)
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", None)) == node.name  # type: ignore[union-attr]
        ]
        return len(calls) <= 1 and not any(self._repeats(call) for call in calls)

    def stands_straight(self, call: ast.Call, region: Region) -> bool:
        """Whether a call runs once whenever a function does, under no name scope.

        Args:
            call: The call.
            region: The function.
        """
        if self._uses.scopes[call] is not region.scope or self._repeats(call):
            return False
        current: ast.AST | None = call
        while current is not None and current is not region.scope.node:
            if isinstance(current, (ast.If, ast.IfExp, ast.Try)) and not _is_main(current):
                return False
            if isinstance(current, ast.With) and any("scope" in ast.unparse(item) for item in current.items):
                return False
            current = self._uses.view.parents.get(current)
        return True

    def _repeats(self, node: ast.AST) -> bool:
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, (ast.For, ast.AsyncFor, ast.While, ast.comprehension, ast.ListComp, ast.DictComp)):
                return True
            current = self._uses.view.parents.get(current)
        return False

    def is_loaded_once(self, model: ast.expr, region: Region) -> bool:
        """Whether a model comes from a file that the function loads, and is the only one that the module makes.

        Args:
            model: The model.
            region: The function.
        """
        value = first_value(region.value_of.get(model)) if isinstance(model, ast.Name) else None
        if (
            not isinstance(value, Definition)
            or not value.known
            or value.path
            or not isinstance(value.expression, ast.Call)
        ):
            return False
        if self.name(value.expression) not in LOADERS or not self.runs_once(region):
            return False
        if not self.stands_straight(value.expression, region):
            return False
        made = [call for name, call in self.calls() if name in LOADERS or name in ("Sequential", "Model")]
        return made == [value.expression]

    def chain(self, call: ast.Call, region: Region | None = None) -> list[ast.Call]:
        """The layers of a `Sequential`, as far as all of them are written out; none where they are not.

        Args:
            call: What makes it.
            region: The function it stands in, where it may start with an application that goes by a name.
        """
        match call.args:
            case [ast.List(elts=elements)]:
                found: list[ast.expr] = list(elements)
            case []:
                found = []
            case _:
                return []
        found += self._added(call)
        if found and region is not None:
            found[0] = self.base(found[0], region) or found[0]
        layers = [layer for layer in found if isinstance(layer, ast.Call) and self.name(layer) is not None]
        return layers if len(layers) == len(found) else []

    def is_base(self, call: ast.Call) -> bool:
        """Whether a call makes one of Keras' applications without its last layers, and so without a `Dense`."""
        full = self.full_name(call) or ""
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        top = given.get("include_top")
        return (
            full.startswith("applications.")
            and full.rpartition(".")[2] in APPLICATIONS
            and not call.args
            and given.keys() <= _SAID_OF_BASES
            and isinstance(top, ast.Constant)
            and top.value is False
        )

    def base(self, expression: ast.expr, region: Region) -> ast.Call | None:
        """The call behind such an application, itself or by its name; None for all else.

        Args:
            expression: An expression.
            region: The function it stands in.
        """
        if isinstance(expression, ast.Name):
            value = first_value(region.value_of.get(expression))
            plain = isinstance(value, Definition) and value.known and not value.path
            made = value.expression if plain and isinstance(value, Definition) else None
        else:
            made = expression
        return made if isinstance(made, ast.Call) and made in self._uses.scopes and self.is_base(made) else None

    def loads(self) -> ast.Call | None:
        """A call that reads a whole model from a file or a text."""
        return next((call for name, call in self.calls() if name in LOADERS), None)

    def is_hard_sigmoid(self, expression: ast.expr) -> bool:
        """Whether an expression is the function of Keras with that name."""
        if not isinstance(expression, (ast.Attribute, ast.Name)):
            return False
        return keras_name(expression, self._uses.scopes[expression], self._symbols) == "activations.hard_sigmoid"

    def activations(self) -> Iterator[tuple[ast.expr, str]]:
        """Functions of TensorFlow that layers get, with their names: called with a tensor alone, they are TF2's own."""
        for _, call in self.calls():
            for node in [*call.args, *(keyword.value for keyword in call.keywords)]:
                name = self.tensorflow_name(node) if isinstance(node, (ast.Attribute, ast.Name)) else None
                if name in ("nn.softmax", "nn.log_softmax"):
                    yield node, name

    def batch_is_fixed_late(self) -> bool:
        """Whether Keras 3 may take the batch of the first training step for the model's shape, as TF1 did not.

        Raises:
            Unprovable: The rest of the shape would come from there, too.
        """
        found = self.shapeless()
        fixed = any(
            keyword.arg in ("batch_input_shape", "batch_size", "batch_shape") and name != "fit"
            for name, call in self.calls()
            for keyword in call.keywords
        )
        late = [layer for layer in found if self.name(layer) != "Embedding"]
        if late and fixed:
            raise Unprovable(INPUT, "it cannot be seen which of the file's models has a fixed batch", late[0])
        return bool(late)

    def shapeless(self) -> list[ast.Call]:
        """The first layers of `Sequential` models that are not told the shape of their input."""
        found = [self._first_layer(call) for name, call in self.calls() if name == "Sequential"]
        return [layer for layer in found if layer is not None and not SHAPE_KEYWORDS & _given(layer)]

    def is_model(self, expression: ast.expr, region: Region) -> bool:
        """Whether a name is surely that of a model of Keras, by what it is set to.

        Args:
            expression: The name.
            region: The function that it stands in.
        """
        value = first_value(region.value_of.get(expression)) if isinstance(expression, ast.Name) else None
        if not isinstance(value, Definition) or not value.known or value.path:
            return False
        made = value.expression
        if not isinstance(made, ast.Call) or made not in self._uses.scopes:
            return False
        function = region.function(made.func)
        if function is not None and not function.decorator_list:
            # `model = build()`
            returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
            inner = self.region(function)
            return inner is not region and bool(returned) and all(self._is_made(one, inner) for one in returned)
        return self._is_made(made, region)

    def _is_made(self, made: ast.expr | None, region: Region) -> bool:
        """Whether an expression makes a model, or is the name of one."""
        if not isinstance(made, ast.Call):
            return isinstance(made, ast.Name) and self.is_model(made, region)
        full = self.full_name(made) or ""
        return full.rpartition(".")[2] in MODELS or full.startswith("applications.")

    def is_sequential(self, model: ast.expr, region: Region) -> bool:
        """Whether a model is seen to be a `Sequential`, which has one input and one output.

        Args:
            model: The model.
            region: The function that exports it.
        """
        value = first_value(region.value_of.get(model)) if isinstance(model, ast.Name) else None
        if not isinstance(value, Definition) or not value.known or value.path:
            return False
        made = value.expression
        name = keras_name(made.func, region.scope, self._symbols) if isinstance(made, ast.Call) else None
        return name is not None and name.rpartition(".")[2] == "Sequential"

    def _first_layer(self, call: ast.Call) -> ast.Call | None:
        """The first layer of a `Sequential`, if it may need a shape of its own."""
        layer: ast.expr | None = None
        match call.args:
            case [ast.List(elts=[first, *_])]:
                layer = first
            case []:
                layer = self._first_added(call)
        if not isinstance(layer, ast.Call):
            return None
        name = keras_name(layer.func, self._uses.scopes[layer], self._symbols)
        if name is None or not name.startswith("layers.") or name.endswith(("Input", "InputLayer")):
            return None
        if name.endswith(("Bidirectional", "TimeDistributed")) and layer.args and isinstance(layer.args[0], ast.Call):
            return None if SHAPE_KEYWORDS & _given(layer) else layer.args[0]
        return layer

    def _first_added(self, call: ast.Call) -> ast.expr | None:
        return next(iter(self._added(call)), None)

    def _added(self, call: ast.Call) -> list[ast.expr]:
        """What `model.add(...)` gets, for a model that is given a name where it is made."""
        match self._uses.view.parents.get(call):
            case ast.Assign(targets=[ast.Name() as target]):
                variable = self._uses.variable(target)
            case _:
                return []
        return [
            node.args[0]
            for node in self._uses.nodes(ast.Call)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.attr == "add"
            and len(node.args) == 1
            and self._uses.variable(node.func.value) == variable
            and node.lineno > call.lineno
        ]


def first_value(value: Value | None) -> Value | None:
    """What a name was set to, before `model.add(layer)` and the like."""
    while isinstance(value, Definition) and value.previous is not None:
        value = value.previous
    return value


def _is_main(node: ast.AST) -> bool:
    """Whether it is what the program that exports runs: `if __name__ == "__main__":`."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()]), orelse=[]):
            return True
    return False


def _given(call: ast.Call) -> set[str]:
    return {str(keyword.arg) for keyword in call.keywords}
