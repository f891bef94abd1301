"""Static shapes and dtypes of tensors between layers: what TF1's shape functions would say, as far as the source tells."""

from __future__ import annotations

import ast
from collections.abc import Callable

from migrate.source.flow import Definition, Merge
from migrate.source.kinds import Kind, Kinds
from migrate.source.layers.called import CalledExpressions
from migrate.source.layers.constants import UNKNOWN_VALUE, Constants
from migrate.source.layers.lowered import Lowered, Structure
from migrate.source.layers.sliding import slid
from migrate.source.specs import Dimension, Shape, Specs, argument_of

_ELEMENTWISE = frozenset({
    "nn.elu", "nn.selu", "nn.leaky_relu", "nn.relu6", "nn.softplus", "nn.softsign", "nn.log_softmax", "nn.dropout",
    "nn.bias_add", "nn.crelu_", "nn.softmax", "log_sigmoid", "nn.lrn", "nn.local_response_normalization", "sin", "cos",
    "nn.batch_normalization", "erf", "rsqrt", "math.rsqrt", "sign", "zeros_like", "ones_like", "nn.swish",
    "contrib.layers.dropout", "layers.dropout", "image.per_image_standardization", "reverse", "debugging.check_numerics",
    "nn.l2_normalize", "relu", "identity", "stop_gradient", "softmax", "log1p", "expm1",
})  # fmt: skip
_BROADCAST = frozenset({"maximum", "minimum", "pow", "squared_difference", "math.squared_difference"})
_REDUCTIONS = frozenset({"reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod"})
_POOLS = frozenset({"nn.max_pool", "nn.avg_pool"})
_FLOATS = frozenset({"float16", "float32", "float64"})
_HALFWAY = 30
"""How deep it is where code asks for a size: far enough from the end to know it."""
_FIRST_DTYPE = frozenset({
    "nn.conv2d", "nn.max_pool", "nn.avg_pool", "nn.conv1d", "nn.embedding_lookup", "gather", "tile", "stack", "split",
    "unstack", "pad", "slice", "strided_slice", "tensordot", "nn.xw_plus_b", "matmul", "add_n", "reverse_sequence",
    "reduce_max", "reduce_min", "reduce_prod", "contrib.layers.flatten", "layers.flatten",
})  # fmt: skip


class LayerShapes(Specs):
    """Also knows the layers that were written out already, and the ops that commonly stand between layers."""

    def __init__(self, kinds: Kinds, lowered: Callable[[ast.Call], Lowered | None]) -> None:
        super().__init__(kinds)
        self._lowered = lowered
        self._called = CalledExpressions(kinds)
        self._seen: dict[ast.Call, Shape | None] = {}
        self.constants = Constants(self.region)

    def shape(self, node: ast.expr, depth: int = 0) -> Shape | None:
        """The static shape; None where the source does not tell it."""
        if depth > 60:
            return None
        if depth == 0:
            self._seen.clear()
        part = self._parts(node)
        if isinstance(part, Shape):
            return part
        value = self.region.value_of.get(node) if isinstance(node, ast.Name) else None
        if isinstance(value, Merge):
            return self._merged(value, depth)
        if isinstance(node, ast.Subscript):
            return self._indexed(node, depth) or super().shape(node, depth)
        return super().shape(node, depth if depth < 20 else 19) if depth <= 20 else self._deep(node, depth)

    def _deep(self, node: ast.expr, depth: int) -> Shape | None:
        definition = self._definition(node)
        if definition is not None:
            return self.shape(definition, depth + 1)
        return self._call_shape(node, depth) if isinstance(node, ast.Call) else None

    def is_part(self, node: ast.expr) -> bool:
        """Whether an expression is the state of an LSTM."""
        parts = self._parts(node)
        return isinstance(parts, tuple) and len(parts) == 2 and all(isinstance(part, Shape) for part in parts)

    def _parts(self, node: ast.expr) -> Structure | None:
        """The shapes behind a part of a layer's result that is a tuple: `outputs`, `state[1]`, `state.h`."""
        match node:
            case ast.Call():
                known = self._lowered(node)
                return known.structure if known is not None else None
            case ast.Name():
                value = self.region.value_of.get(node)
                if not isinstance(value, Definition) or value.previous is not None or value.expression is None:
                    return None
                path = _path(value)
                return _at(self._parts(value.expression), path) if path is not None else None
            case ast.Subscript(value=base):
                index = self.constants.value(node.slice)
                return _at(self._parts(base), (index,)) if isinstance(index, int) else None
            case ast.Attribute(value=base, attr="c" | "h" as part):
                return _at(self._parts(base), (0 if part == "c" else 1,))
        return None

    def dtype(self, node: ast.expr, depth: int = 0) -> str | None:
        """The dtype's name; None where the source does not tell."""
        value = self.region.value_of.get(node) if isinstance(node, ast.Name) else None
        if isinstance(value, Merge) and isinstance(value.step.node, ast.If) and depth < 20:
            found = {
                self.dtype(item.expression, depth + 1)
                for item in value.inputs
                if isinstance(item, Definition) and item.expression is not None and not item.path
            }
            return found.pop() if len(found) == 1 and len(value.inputs) > 0 else None
        if isinstance(self._parts(node), Shape):
            return "float32"
        if isinstance(node, ast.BinOp) and self._is_number(node.right):
            # A size of a tensor is a number, whatever it is asked of.
            found_left = self.dtype(node.left, depth + 1)
            if found_left in _FLOATS:
                return found_left
        return super().dtype(node, depth)

    def _is_number(self, node: ast.expr) -> bool:
        """Whether an expression is a number of Python's, made of constants and sizes of tensors."""
        match node:
            case ast.BinOp(left=left, right=right):
                return self._is_number(left) and self._is_number(right)
            case ast.UnaryOp(operand=operand):
                return self._is_number(operand)
        return isinstance(self.constants.value(node), (int, float)) or self._size(node) is not None

    def _merged(self, value: Merge, depth: int) -> Shape | None:
        """The shape that all branches of an `if` agree on."""
        if not isinstance(value.step.node, ast.If):
            return None
        found: list[Shape | None] = []
        for item in value.inputs:
            if not isinstance(item, Definition) or item.expression is None or item.path or item.previous is not None:
                return None
            found.append(self.shape(item.expression, depth + 1))
        return found[0] if found and all(shape == found[0] for shape in found) else None

    def _dimension(self, node: ast.expr) -> Dimension:
        value = self.constants.value(node)
        if value is UNKNOWN_VALUE:
            return node
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def shape_of(self, node: ast.expr | None) -> Shape:
        """The shape that a `shape=` argument says."""
        if isinstance(node, ast.Name):
            source = self.constants.source(node)
            if isinstance(source, (ast.List, ast.Tuple)):
                return super().shape_of(source)
        return super().shape_of(node)

    def _reshaped(self, target: ast.expr | None) -> Shape | None:
        if target is None:
            return None
        source = self.constants.source(target)
        if not isinstance(source, (ast.List, ast.Tuple)):
            return None
        dimensions: list[Dimension] = []
        for element in source.elts:
            value = self.constants.value(element)
            if value is UNKNOWN_VALUE and (size := self._size(element)) is not None:
                value = size
            if value is UNKNOWN_VALUE:
                dimensions.append(None if self.kinds.of(element) is not Kind.PYTHON else element)
            else:
                dimensions.append(value if isinstance(value, int) and value >= 0 else None)
        return Shape(tuple(dimensions))

    def _size(self, node: ast.expr) -> int | None:
        """The size of a tensor that code asks for: `x.get_shape().as_list()[-1]`, `x.shape[1].value`."""
        match self.constants.source(node):
            case (
                ast.Attribute(value=inner, attr="value") | ast.Call(func=ast.Name(id="int"), args=[inner], keywords=[])
            ):
                return self._size(inner)
            case ast.Subscript(value=asked, slice=position):
                if (
                    isinstance(asked, ast.Call)
                    and isinstance(asked.func, ast.Attribute)
                    and asked.func.attr == "as_list"
                ):
                    asked = asked.func.value
                if isinstance(asked, ast.Call) and isinstance(asked.func, ast.Attribute) and not asked.args:
                    asked = asked.func
                index = self.constants.value(position)
                if not isinstance(asked, ast.Attribute) or asked.attr not in ("shape", "get_shape"):
                    return None
                sizes = self._known(asked.value, _HALFWAY) if self._is_tensor(asked.value) else None
                if sizes is not None and type(index) is int and -len(sizes) <= index < len(sizes):
                    found = sizes[index]
                    return found if isinstance(found, int) else None
        return None

    def _call_dtype(self, node: ast.Call, depth: int) -> str | None:
        known = self._lowered(node)
        if known is not None:
            return known.dtype
        name = self.kinds.symbol(node)
        if name is None:
            called = self._called.expression(node)
            return self.dtype(called, depth + 1) if called is not None else None
        if name == "concat" and node.args and isinstance(self._parts(node.args[0]), tuple):
            # What a recurrent layer gave.
            return "float32"
        if name in ("concat", "stack") and node.args and (several := self._collected(node.args[0])):
            found = {self.dtype(element, depth + 1) for element in several}
            return found.pop() if len(found) == 1 else None
        if name == "concat" and not node.args and (parts := argument_of(node, "values", 0)) is not None:
            return self.dtype(parts, depth + 1)
        if name == "one_hot":
            given = argument_of(node, "dtype", 5)
            return self.dtype_name(given) if given is not None else "float32"
        if name == "where" and len(node.args) == 3:
            return self.dtype(node.args[1], depth + 1)
        if name in _BROADCAST:
            found = {self.dtype(one, depth + 1) for one in node.args if self.kinds.of(one) is not Kind.PYTHON}
            return found.pop() if len(found) == 1 else None
        if name in _ELEMENTWISE | _FIRST_DTYPE and node.args:
            return self.dtype(node.args[0], depth + 1)
        return super()._call_dtype(node, depth)

    def _call_shape(self, node: ast.Call, depth: int) -> Shape | None:
        known = self._lowered(node)
        if known is not None:
            return known.shape
        name = self.kinds.symbol(node)
        if name is None:
            return self._called_shape(node, depth)
        first = node.args[0] if node.args else None
        if name in ("get_variable", "Variable"):
            return self._variable_shape(name, node)
        if name == "concat":
            return self._concatenated(node, depth)
        if first is None:
            return super()._call_shape(node, depth)
        if name in _ELEMENTWISE:
            return self.shape(first, depth + 1)
        if name == "where" and len(node.args) == 3:
            # TF1's takes both of one shape.
            return self.shape(node.args[1], depth + 1)
        if name in _BROADCAST and len(node.args) == 2:
            return self._broadcast(node.args[0], node.args[1], depth)
        match name:
            case "matmul" if len(node.args) >= 2 and not node.keywords:
                left, right = self._known(first, depth), self._known(node.args[1], depth)
                if left is not None and right is not None and len(left) == len(right) >= 2:
                    return Shape((*left[:-1], right[-1]))
            case "nn.xw_plus_b" if len(node.args) >= 2:
                left, right = self._known(first, depth), self._known(node.args[1], depth)
                if left is not None and right is not None and len(left) == len(right) == 2:
                    return Shape((left[0], right[1]))
            case "nn.embedding_lookup" if len(node.args) >= 2:
                params, ids = self._known(first, depth), self._known(node.args[1], depth)
                if params is not None and ids is not None:
                    return Shape((*ids, *params[1:]))
            case "one_hot" if len(node.args) >= 2:
                ids = self._known(first, depth)
                if ids is not None and not any(k.arg == "axis" for k in node.keywords) and len(node.args) < 5:
                    return Shape((*ids, self._dimension(node.args[1])))
            case "transpose":
                return self._transposed(node, first, depth)
            case "squeeze":
                return self._squeezed(node, first, depth)
            case "tensordot" if len(node.args) >= 2:
                axes = argument_of(node, "axes", 2)
                left, right = self._known(first, depth), self._known(node.args[1], depth)
                if left and right and axes is not None and self.constants.value(axes) == 1:
                    return Shape((*left[:-1], *right[1:]))
            case "pad":
                return self._padded(node, first, depth)
        if name in _REDUCTIONS:
            return self._reduced(node, first, depth)
        if name == "nn.conv2d" or name in _POOLS:
            return self._slid(name, node, first, depth)
        return super()._call_shape(node, depth)

    def _called_shape(self, node: ast.Call, depth: int) -> Shape | None:
        """The shape of what a helper gives, worked out once a question: it may use its argument several times."""
        called = self._called.expression(node)
        if called is not None and node not in self._seen:
            self._seen[node] = self.shape(called, depth + 1)
        return self._seen.get(node)

    def _known(self, node: ast.expr, depth: int) -> tuple[Dimension, ...] | None:
        shape = self.shape(node, depth + 1)
        return shape.dimensions if shape is not None else None

    def _variable_shape(self, name: str, node: ast.Call) -> Shape | None:
        if name == "get_variable":
            given = argument_of(node, "shape", 1)
            return self.shape_of(given) if given is not None else None
        initial = argument_of(node, "initial_value", 0)
        if isinstance(initial, ast.Call) and initial.args:
            if self.kinds.symbol(initial) == "constant" and (given := argument_of(initial, "shape", 2)) is not None:
                return self.shape_of(given)
            made = (self.kinds.symbol(initial) or "").rpartition(".")[2]
            if made in ("random_normal", "truncated_normal", "random_uniform", "zeros", "ones", "normal", "uniform"):
                return self.shape_of(initial.args[0])
        return None

    def _slid(self, name: str, node: ast.Call, first: ast.expr, depth: int) -> Shape | None:
        """A convolution or pooling of images, channels last."""
        layout = argument_of(node, "data_format", 5 if name in _POOLS else 6)
        if (layout is not None and self.constants.value(layout) != "NHWC") or any(
            keyword.arg == "dilations" for keyword in node.keywords
        ):
            return None
        given = argument_of(node, "ksize", 1) if name in _POOLS else argument_of(node, "filter", 1)
        steps, padding = argument_of(node, "strides", 2), argument_of(node, "padding", 3)
        inner = self._known(first, depth)
        if given is None or steps is None or padding is None or inner is None or len(inner) != 4:
            return None
        stride, how = self.constants.value(steps), self.constants.value(padding)
        if not _are_numbers(stride, 4) or how not in ("SAME", "VALID"):
            return None
        if name in _POOLS:
            window = self.constants.value(given)
            if not _are_numbers(window, 4):
                return None
            sizes, channels = window[1:3], inner[3]  # type: ignore[index]
        else:
            kernel = self._known(given, depth)
            if kernel is None or len(kernel) != 4:
                return None
            sizes, channels = kernel[:2], kernel[3]
        spatial = [
            slid(size, wide, step, str(how)) if isinstance(wide, int) else None
            for size, wide, step in zip(inner[1:3], sizes, stride[1:3], strict=True)  # type: ignore[index]
        ]
        return Shape((inner[0], *spatial, channels))

    def _broadcast(self, left: ast.expr, right: ast.expr, depth: int) -> Shape | None:
        if self._is_number(right):
            return self.shape(left, depth + 1)
        one, other = self.shape(left, depth + 1), self.shape(right, depth + 1)
        if one is not None and one == other:
            return one
        if one is None or other is None or one.dimensions is None or other.dimensions is None:
            return super()._broadcast(left, right, depth)
        longer, shorter = sorted((one.dimensions, other.dimensions), key=len, reverse=True)
        merged: list[Dimension] = list(longer[: len(longer) - len(shorter)])
        for mine, yours in zip(longer[len(merged) :], shorter, strict=True):
            if mine == 1 or yours == 1:
                merged.append(yours if mine == 1 else mine)
            elif isinstance(mine, int) or isinstance(yours, int):
                merged.append(mine if isinstance(mine, int) else yours)
            else:
                merged.append(mine if mine is yours or self._is_same(mine, yours) else None)
        return Shape(tuple(merged))

    def _is_same(self, one: Dimension, other: Dimension) -> bool:
        """Whether two sizes are the same expression, of names that mean the same."""
        if not isinstance(one, ast.expr) or not isinstance(other, ast.expr) or ast.unparse(one) != ast.unparse(other):
            return False
        if any(isinstance(node, ast.Call | ast.NamedExpr) for node in ast.walk(one)):
            return False
        names = [[n for n in ast.walk(size) if isinstance(n, ast.Name)] for size in (one, other)]
        values = [[self.region.value_of.get(name) for name in some] for some in names]
        return values[0] == values[1] and None not in values[0]

    def _transposed(self, node: ast.Call, first: ast.expr, depth: int) -> Shape | None:
        given = argument_of(node, "perm", 1)
        order = self.constants.value(given) if given is not None else None
        inner = self._known(first, depth)
        if inner is None or not isinstance(order, tuple) or len(order) != len(inner):
            return None
        return Shape(tuple(inner[position] for position in order if isinstance(position, int)))

    def _padded(self, node: ast.Call, first: ast.expr, depth: int) -> Shape | None:
        inner, given = self._known(first, depth), argument_of(node, "paddings", 1)
        widths = self.constants.value(given) if given is not None else UNKNOWN_VALUE
        if inner is None or not isinstance(widths, tuple) or len(widths) != len(inner):
            return None
        if not all(_are_numbers(width, 2) for width in widths):
            return None
        more = [sum(width) for width in widths]
        return Shape(tuple(
            size if not width else size + width if isinstance(size, int) else None
            for size, width in zip(inner, more, strict=True)
        ))  # fmt: skip

    def _squeezed(self, node: ast.Call, first: ast.expr, depth: int) -> Shape | None:
        given = argument_of(node, "axis", 1) or argument_of(node, "squeeze_dims", 3)
        axes = self.constants.value(given) if given is not None else None
        inner = self._known(first, depth)
        if isinstance(axes, int):
            axes = (axes,)
        if inner is None or not isinstance(axes, tuple):
            return None
        gone = {axis % len(inner) for axis in axes if isinstance(axis, int)}
        return Shape(tuple(size for position, size in enumerate(inner) if position not in gone))

    def _reduced(self, node: ast.Call, first: ast.expr, depth: int) -> Shape | None:
        given = argument_of(node, "axis", 1) or argument_of(node, "reduction_indices", 4)
        kept = argument_of(node, "keepdims", 2) or argument_of(node, "keep_dims", 5)
        inner = self._known(first, depth)
        if given is None:
            return Shape(()) if kept is None else None
        axes = self.constants.value(given)
        if isinstance(axes, int):
            axes = (axes,)
        if inner is None or not isinstance(axes, tuple) or not all(isinstance(axis, int) for axis in axes):
            return None
        gone = {axis % len(inner) for axis in axes}
        if kept is not None and self.constants.value(kept) is True:
            return Shape(tuple(1 if position in gone else size for position, size in enumerate(inner)))
        if kept is not None and self.constants.value(kept) is not False:
            return None
        return Shape(tuple(size for position, size in enumerate(inner) if position not in gone))

    def _concatenated(self, node: ast.Call, depth: int) -> Shape | None:
        parts = argument_of(node, "values", 0)
        given = argument_of(node, "axis", 1)
        axis = self.constants.value(given) if given is not None else None
        if parts is None or not isinstance(axis, int):
            return None
        source = self.constants.source(parts)
        structure = self._parts(parts)
        collected = self._collected(parts)
        if collected:
            shapes = [self._known(element, depth) for element in collected]
        elif isinstance(source, (ast.List, ast.Tuple)):
            shapes = [self._known(element, depth) for element in source.elts]
        elif isinstance(structure, tuple) and len(structure) > 1:
            shapes = [part.dimensions if isinstance(part, Shape) else None for part in structure]
        else:
            return None
        known = [shape for shape in shapes if shape is not None]
        if len(known) < len(shapes) or not known or len({len(shape) for shape in known}) > 1:
            return None
        axis %= len(known[0])
        sizes = [shape[axis] for shape in known]
        total = sum(size for size in sizes if isinstance(size, int))
        joined = list(known[0])
        joined[axis] = total if all(isinstance(size, int) for size in sizes) else None
        for position in range(len(joined)):
            if position != axis:
                numbers = {shape[position] for shape in known if isinstance(shape[position], int)}
                joined[position] = numbers.pop() if len(numbers) == 1 else joined[position]
        return Shape(tuple(joined))

    def _collected(self, node: ast.expr) -> list[ast.expr]:
        """What was appended to an empty list, one after the other; empty where that is not all of it."""
        value = self.region.value_of.get(node) if isinstance(node, ast.Name) else None
        found: list[ast.expr] = []
        while isinstance(value, Definition) and value.previous is not None:
            match value.step.node:
                case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[element], keywords=[])):
                    found.insert(0, element)
                    value = value.previous
                case _:
                    return []
        empty = isinstance(value, Definition) and isinstance(value.expression, ast.List) and not value.expression.elts
        return found if empty and isinstance(value, Definition) and value.known and not value.path else []

    def _indexed(self, node: ast.Subscript, depth: int) -> Shape | None:
        """`x[:, -1, :]`, `x[:, 0]`, `x[..., 1:]`."""
        if not self._is_tensor(node.value):
            return None
        inner = self._known(node.value, depth)
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if inner is None or len(parts) > len(inner):
            return None
        found: list[Dimension] = []
        for position, part in enumerate(parts):
            match part:
                case ast.Slice(lower=None, upper=None, step=None):
                    found.append(inner[position])
                case ast.Slice():
                    found.append(self._sliced(part, inner[position]))
                case _ if isinstance(self.constants.value(part), int):
                    continue
                case _:
                    return None
        return Shape((*found, *inner[len(parts) :]))

    def _sliced(self, part: ast.Slice, size: Dimension) -> Dimension:
        bounds = [
            self.constants.value(bound) if bound is not None else None for bound in (part.lower, part.upper, part.step)
        ]
        if not isinstance(size, int) or not all(bound is None or isinstance(bound, int) for bound in bounds):
            return None
        return len(range(*slice(*bounds).indices(size)))


def _are_numbers(value: object, count: int) -> bool:
    return isinstance(value, tuple) and len(value) == count and all(isinstance(part, int) for part in value)


def _at(structure: Structure | None, path: tuple[int, ...]) -> Structure | None:
    """A part of a structure; a list of equal parts has one for all."""
    for index in path:
        if not isinstance(structure, tuple):
            return None
        if len(structure) == 1:
            structure = structure[0]
        elif -len(structure) <= index < len(structure):
            structure = structure[index]
        else:
            return None
    return structure


def _path(value: Definition) -> tuple[int, ...] | None:
    """Where in its expression's value a name's is: `(a, b), c = ...`."""
    if value.known:
        return value.path
    match value.step.node:
        case ast.Assign(targets=[ast.Tuple() as target]):
            return _place(target, value.name)
    return None


def _place(target: ast.expr, name: str) -> tuple[int, ...] | None:
    match target:
        case ast.Name(id=found):
            return () if found == name else None
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for position, element in enumerate(elements):
                inner = _place(element, name)
                if inner is not None:
                    return (position, *inner)
    return None
