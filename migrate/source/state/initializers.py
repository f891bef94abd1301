"""The initial values of variables that `get_variable` makes."""

from __future__ import annotations

import ast

from migrate.source.flow import Definition
from migrate.source.kinds import Kinds, calls, header
from migrate.source.specs import Specs, argument_of
from migrate.source.state.arguments import Render, is_none, source_of
from migrate.source.unprovable import VARIABLE, Unprovable


class Initializers:
    """Writes what TF1's initializers give, as TF2 expressions."""

    def __init__(self, kinds: Kinds, tensorflow: str) -> None:
        self._kinds = kinds
        self._specs = Specs(kinds)
        self._tf = tensorflow

    def text(self, call: ast.Call, given: dict[str, ast.expr | None], render: Render) -> str:
        """The initial value of a variable.

        Args:
            call: The call of `get_variable`.
            given: Its arguments, by their names.
            render: Gives the new text of an expression.

        Raises:
            Unprovable: It is not known to be the same in TF2.
        """
        initializer = given["initializer"]
        default = self._scope_default(call)
        if initializer is not None and not self.makes(initializer) and not is_none(initializer):
            source = source_of(initializer, self._kinds.region)
            if isinstance(source, ast.Lambda) or self._kinds.region.function(source) is not None:
                raise Unprovable(VARIABLE, "the variable's initializer is a function", call)
            if (
                isinstance(source, ast.Call)
                and isinstance(source.func, ast.Name)
                and self._kinds.symbol(source) is None
            ):
                raise Unprovable(VARIABLE, f"what {source.func.id} returns may be an initializer", call)
            if isinstance(source, ast.Name) and not isinstance(self._kinds.region.value_of.get(source), Definition):
                raise Unprovable(VARIABLE, f"the variable's initializer '{source.id}' may be a function", call)
            return render(initializer)
        if given["shape"] is None:
            raise Unprovable(VARIABLE, "the variable's shape is not given", call)
        shape = render(given["shape"])
        if isinstance(given["shape"], ast.Constant) and isinstance(given["shape"].value, int):
            shape = f"[{shape}]"
        dtype = render(given["dtype"]) if given["dtype"] is not None else f"{self._tf}.float32"
        if initializer is None or is_none(initializer):
            if default is not None:
                return self._initializer(source_of(default, self._kinds.region), shape, dtype, render)
            if self._specs.dtype(call) not in (None, "float32", "float64", "float16"):
                return f"{self._tf}.zeros({shape}, {dtype})"
            return f"{self._tf}.keras.initializers.GlorotUniform()({shape}, {dtype})"
        return self._initializer(source_of(initializer, self._kinds.region), shape, dtype, render)

    def makes(self, initializer: ast.expr) -> bool:
        """Whether an initializer is an object that makes values of a shape, not a value."""
        node = source_of(initializer, self._kinds.region)
        if isinstance(node, ast.Call):
            name = self._kinds.symbol(node)
        else:
            name = self._kinds.region.resolve(node)
        return name is not None and ("initializer" in name or name.startswith("initializers."))

    def _scope_default(self, call: ast.Call) -> ast.expr | None:
        """The default initializer that the variable scopes around a call set; the innermost counts."""
        found: ast.expr | None = None
        for step in self._kinds.region.steps:
            if any(call in calls(part) for part in header(step)):
                for branch in step.branches:
                    for scope in [c for part in header(branch.step) for c in calls(part)]:
                        for keyword in scope.keywords:
                            if keyword.arg in ("custom_getter", "partitioner", "dtype"):
                                raise Unprovable(VARIABLE, f"its variable scope sets {keyword.arg}", call)
                            if keyword.arg == "initializer":
                                found = keyword.value
        for step in self._kinds.region.steps:
            for part in header(step):
                for other in calls(part):
                    if isinstance(other.func, ast.Attribute) and other.func.attr.startswith("set_") and other.func.attr in (
                        "set_initializer", "set_regularizer", "set_partitioner", "set_custom_getter", "set_dtype", "set_caching_device",
                    ):  # fmt: skip
                        raise Unprovable(VARIABLE, f"a variable scope is changed by {other.func.attr}", other)
        if found is not None and not self.makes(found):
            raise Unprovable(VARIABLE, "its variable scope's initializer is not one of TensorFlow's", call)
        return found

    def _initializer(self, node: ast.expr, shape: str, dtype: str, render: Render) -> str:
        call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
        name = self._kinds.region.resolve(call.func) or ""
        last = name.rpartition(".")[2].removesuffix("_initializer")
        tf = self._tf

        def argument(keyword: str, position: int, default: str) -> str:
            found = argument_of(call, keyword, position)
            return render(found) if found is not None and not is_none(found) else default

        def seeded(position: int) -> str:
            found = argument_of(call, "seed", position)
            return f", seed={render(found)}" if found is not None and not is_none(found) else ""

        match last:
            case "zeros" | "Zeros":
                return f"{tf}.zeros({shape}, {dtype})"
            case "ones" | "Ones":
                return f"{tf}.ones({shape}, {dtype})"
            case "constant" | "Constant":
                self._refuse_short(argument_of(call, "value", 0), node)
                return f"{tf}.constant({argument('value', 0, '0')}, {dtype}, {shape})"
            case "random_normal":
                mean, stddev = argument("mean", 0, "0.0"), argument("stddev", 1, "1.0")
                return f"{tf}.random.normal({shape}, {mean}, {stddev}, {dtype}{seeded(2)})"
            case "truncated_normal":
                mean, stddev = argument("mean", 0, "0.0"), argument("stddev", 1, "1.0")
                return f"{tf}.random.truncated_normal({shape}, {mean}, {stddev}, {dtype}{seeded(2)})"
            case "random_uniform":
                low, high = argument("minval", 0, "0.0"), argument("maxval", 1, "1.0")
                return f"{tf}.random.uniform({shape}, {low}, {high}, {dtype}{seeded(2)})"
            case "glorot_uniform":
                return f"{tf}.keras.initializers.GlorotUniform({seeded(0)[2:]})({shape}, {dtype})"
            case "glorot_normal":
                return f"{tf}.keras.initializers.GlorotNormal({seeded(0)[2:]})({shape}, {dtype})"
            case "orthogonal":
                return f"{tf}.keras.initializers.Orthogonal(gain={argument('gain', 0, '1.0')}{seeded(1)})({shape}, {dtype})"
            case "xavier" | "xavier_initializer_conv2d" if not call.args and {k.arg for k in call.keywords} <= {"seed"}:
                return f"{tf}.keras.initializers.GlorotUniform({seeded(1)[2:]})({shape}, {dtype})"
        raise Unprovable(
            VARIABLE,
            f"the initializer tf.{name or ast.unparse(node)} is not known to be the same in TF2",
            node,
        )

    def _refuse_short(self, value: ast.expr | None, node: ast.expr) -> None:
        """TF1 repeats the last of too few values; TF2 refuses them."""
        if isinstance(value, ast.List) and len(value.elts) > 1 and not any(isinstance(e, ast.List) for e in value.elts):
            call = next((c for c in self._names_of(node)), None)
            shape = argument_of(call, "shape", 1) if call is not None else None
            if isinstance(shape, (ast.List, ast.Tuple)):
                size = 1
                for element in shape.elts:
                    if not (isinstance(element, ast.Constant) and isinstance(element.value, int)):
                        return
                    size *= element.value
                if size != len(value.elts):
                    raise Unprovable(VARIABLE, "the initializer has fewer values than the variable", node)

    def _names_of(self, node: ast.expr) -> list[ast.Call]:
        """The variables that an initializer is for."""
        return [
            call
            for step in self._kinds.region.steps
            for part in header(step)
            for call in calls(part)
            if self._kinds.symbol(call) == "get_variable"
            and (found := argument_of(call, "initializer", 3)) is not None
            and source_of(found, self._kinds.region) is node
        ]
