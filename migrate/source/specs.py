"""The dtype and static shape of a tensor, as far as the source tells them.

Only what is sure: a wrong guess would change the signature. The rules are those of the ops' shape functions
(tensorflow/core/framework/common_shape_fns.cc) for the few ops that stand between a placeholder and a signature.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.arguments import call_arguments
from migrate.source.elements import Elements
from migrate.source.flow import Definition, Outer, Region, Value
from migrate.source.inlining.only_read import only_read
from migrate.source.inlining.text import Source
from migrate.source.kinds import Kind, Kinds
from migrate.source.symbols import Assigned

Dimension = int | None | ast.expr
"""A known size, an unknown one, or an expression that gives it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A static shape; `dimensions` is None for an unknown rank, `whole` an expression that gives all of it."""

    dimensions: tuple[Dimension, ...] | None
    whole: ast.expr | None = None


UNKNOWN = Shape(None)

_SAME = frozenset({"identity", "stop_gradient", "nn.relu", "nn.sigmoid", "sigmoid", "tanh", "math.tanh", "math.sigmoid",
                   "nn.softmax", "ensure_shape", "check_numerics", "nn.tanh", "sqrt", "math.sqrt", "exp", "math.exp",
                   "abs", "math.abs", "square", "math.square", "negative", "math.negative", "clip_by_value", "floor",
                   "math.floor", "round", "math.round", "log", "math.log", "nn.l2_normalize", "math.l2_normalize"})  # fmt: skip
_CASTS = {"to_float": "float32", "to_double": "float64", "to_int32": "int32", "to_int64": "int64"}
_ARITHMETIC = frozenset({"add", "subtract", "multiply", "divide", "truediv", "div", "sub", "mul", "math.add", "math.subtract",
                         "math.multiply", "math.divide", "math.truediv", "matmul", "linalg.matmul"})  # fmt: skip
_PARSERS = {
    "parse_example": True,
    "io.parse_example": True,
    "parse_single_example": False,
    "io.parse_single_example": False,
}
_NUMPY_DTYPES = frozenset(
    {"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool_"}
)
DTYPES = frozenset({"float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
                    "uint64", "bool", "string", "complex64", "complex128", "qint8", "quint8", "qint32"})  # fmt: skip
_FLOATS = frozenset({"float16", "float32", "float64", "bfloat16"})
_ALIASES = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "int": "int32",
    "str": "string",
    "bool_": "bool",
}


class Specs:
    """Reads dtypes and shapes off the expressions of a region."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.region: Region = kinds.region

    def dtype(self, node: ast.expr, depth: int = 0) -> str | None:
        """The dtype's name, such as `float32`; None where the source does not tell."""
        if depth > 20:
            return None
        definition = self._definition(node)
        if definition is not None:
            return self.dtype(definition, depth + 1)
        match node:
            case ast.Constant(value=value):
                return _constant_dtype(value)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) if elements:
                found = {self.dtype(element, depth + 1) for element in elements}
                if found == {"int32", "float32"}:
                    return "float32"
                return found.pop() if len(found) == 1 else None
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                # Integers divide to floats, of a width that depends on theirs.
                operands = {
                    self.dtype(part, depth + 1) for part in (left, right) if self.kinds.of(part) is not Kind.PYTHON
                }
                return operands.pop() if len(operands) == 1 and operands <= _FLOATS else None
            case ast.BinOp(left=left, right=right):
                one, other = self.dtype(left, depth + 1), self.dtype(right, depth + 1)
                if self.kinds.of(left) is Kind.PYTHON:
                    return other if self.kinds.of(right) is not Kind.PYTHON else one
                if self.kinds.of(right) is Kind.PYTHON:
                    return one
                return one if one is not None else other
            case ast.UnaryOp(operand=operand):
                return self.dtype(operand, depth + 1)
            case ast.Subscript(value=base):
                feature = self._feature(node)
                if feature is not None:
                    return self.dtype_name(argument_of(feature[0], "dtype", feature[1]))
                return self.dtype(base, depth + 1) if self._is_tensor(base) else None
            case ast.ListComp(elt=element):
                return self.dtype(element, depth + 1)
            case ast.Call():
                return self._call_dtype(node, depth) or self._element_dtype(node)
            case ast.Name():
                return self._element_dtype(node)
        return None

    def _element_dtype(self, node: ast.expr) -> str | None:
        """The dtype of what an iterator gives."""
        found = Elements(self).of(node)
        return found.dtype if found is not None else None

    def _call_dtype(self, node: ast.Call, depth: int) -> str | None:
        name = self.kinds.symbol(node)
        if name is None:
            return None
        match name:
            case "placeholder":
                return self.dtype_name(argument_of(node, "dtype", 0))
            case "placeholder_with_default":
                default = argument_of(node, "input", 0)
                return self.dtype(default, depth + 1) if default is not None else None
            case "constant":
                given = argument_of(node, "dtype", 1)
                value = argument_of(node, "value", 0)
                return self.dtype_name(given) or (self.dtype(value, depth + 1) if value is not None else None)
            case "cast" | "dtypes.cast" | "saturate_cast":
                return self.dtype_name(argument_of(node, "dtype", 1))
            case "zeros" | "ones":
                given = argument_of(node, "dtype", 1)
                return self.dtype_name(given) if given is not None else "float32"
            case "Variable":
                given = argument_of(node, "dtype", 7)
                value = argument_of(node, "initial_value", 0)
                return self.dtype_name(given) or (self.dtype(value, depth + 1) if value is not None else None)
            case "get_variable":
                given = argument_of(node, "dtype", 2)
                initial = argument_of(node, "initializer", 3)
                if given is None and initial is not None and self.kinds.of(initial) is not Kind.CONFIG:
                    return self.dtype(initial, depth + 1)
                return self.dtype_name(given) if given is not None else "float32"
            case ("random_normal" | "truncated_normal" | "random_uniform"
                  | "random.normal" | "random.truncated_normal" | "random.uniform"):  # fmt: skip
                given = argument_of(node, "dtype", 3)
                return self.dtype_name(given) if given is not None else "float32"
            case "to_float" | "to_double" | "to_int32" | "to_int64":
                return _CASTS[name]
            case "string_to_number" | "strings.to_number":
                given = argument_of(node, "out_type", 1)
                return self.dtype_name(given) if given is not None else "float32"
            case "decode_raw" | "io.decode_raw" | "image.decode_image" | "image.decode_jpeg" | "image.decode_png":
                return "uint8" if "image" in name and not node.keywords else None
            case "one_hot" if argument_of(node, "on_value", 2) is None and argument_of(node, "off_value", 3) is None:
                given = argument_of(node, "dtype", 5)
                return self.dtype_name(given) if given is not None else "float32"
            case "nn.conv2d" | "nn.max_pool" | "nn.avg_pool" | "nn.bias_add" | "nn.dropout" | "nn.xw_plus_b":
                first = node.args[0] if node.args else None
                return self.dtype(first, depth + 1) if first is not None else None
            case "reshape" | "expand_dims" | "squeeze" | "reduce_mean" | "reduce_sum" | "transpose" | "concat":
                first = node.args[0] if node.args else None
                return self.dtype(first, depth + 1) if first is not None else None
        if (
            name in ("truediv", "divide", "div")
            and self.dtype(node.args[0] if node.args else node, depth + 1) not in _FLOATS
        ):
            return None
        if name in _SAME or name in _ARITHMETIC:
            if name == "abs" and (self.dtype(node.args[0], depth + 1) or "").startswith("complex"):
                return None
            dtypes = {self.dtype(argument, depth + 1) for argument in node.args if self._is_tensor(argument)} - {None}
            return dtypes.pop() if len(dtypes) == 1 else None
        return None

    def shape(self, node: ast.expr, depth: int = 0) -> Shape | None:
        """The static shape; None where the source does not tell it."""
        if depth > 20:
            return None
        narrowed = _set_shape(self.region.value_of.get(node)) if isinstance(node, ast.Name) else None
        if narrowed is not None:
            return self.shape_of(narrowed)
        definition = self._definition(node)
        if definition is not None:
            return self.shape(definition, depth + 1)
        match node:
            case ast.Constant():
                return Shape(())
            case ast.BinOp(left=left, right=right):
                return self._broadcast(left, right, depth)
            case ast.UnaryOp(operand=operand):
                return self.shape(operand, depth + 1)
            case ast.Subscript():
                return self._feature_shape(node)
            case ast.Call():
                return self._call_shape(node, depth) or self._element_shape(node)
            case ast.Name():
                return self._element_shape(node)
        return None

    def _element_shape(self, node: ast.expr) -> Shape | None:
        """The shape of what an iterator gives."""
        found = Elements(self).of(node)
        return Shape(found.sizes) if found is not None else None

    def _call_shape(self, node: ast.Call, depth: int) -> Shape | None:
        name = self.kinds.symbol(node)
        if name is None:
            return None
        match name:
            case "placeholder" | "placeholder_with_default":
                return self.shape_of(argument_of(node, "shape", 1))
            case "ensure_shape":
                return self.shape_of(argument_of(node, "shape", 1))
            case "reshape":
                target = argument_of(node, "shape", 1)
                return self._reshaped(target)
            case "expand_dims":
                return self._expanded(node, depth)
            case "concat":
                return self._joined(node, depth)
            case "cast" | "dtypes.cast" | "to_float" | "to_double" | "to_int32" | "to_int64" | "string_to_number":
                return self.shape(node.args[0], depth + 1) if node.args else None
        if name in _SAME and node.args:
            return self.shape(node.args[0], depth + 1)
        if name in _ARITHMETIC and "matmul" not in name and len(node.args) >= 2:
            return self._broadcast(node.args[0], node.args[1], depth)
        return None

    def shape_of(self, node: ast.expr | None) -> Shape:
        """The shape that a `shape=` argument says; names of constants are read, others stay as expressions."""
        match node:
            case None | ast.Constant(value=None):
                return UNKNOWN
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return Shape(tuple(self._dimension(element) for element in elements))
            case ast.Call(func=function, args=[inner]) if (self.region.resolve(function) or "").endswith("TensorShape"):
                return self.shape_of(inner)
            case ast.Name():
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    if isinstance(value.expression, (ast.List, ast.Tuple, ast.Constant)):
                        return self.shape_of(value.expression)
            case ast.Constant(value=int(size)):
                return Shape((size,))
            case (
                ast.Attribute(value=owner, attr="shape")
                | ast.Call(func=ast.Attribute(value=owner, attr="get_shape"), args=[])
            ):
                if self._is_tensor(owner):
                    return self.shape(owner) or Shape(None, node)
        assert node is not None
        return Shape(None, node)

    def _dimension(self, node: ast.expr) -> Dimension:
        match node:
            case ast.Constant(value=None):
                return None
            case ast.Constant(value=int(size)):
                return size
            case ast.Name():
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    if isinstance(value.expression, ast.Constant) and isinstance(value.expression.value, int | None):
                        return value.expression.value
        return node

    def _reshaped(self, target: ast.expr | None) -> Shape | None:
        match target:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                dimensions: list[Dimension] = []
                for element in elements:
                    size = _integer(element)
                    if size is None:
                        return None
                    dimensions.append(None if size == -1 else size)
                return Shape(tuple(dimensions))
        return None

    def _expanded(self, node: ast.Call, depth: int) -> Shape | None:
        axis = argument_of(node, "axis", 1) or argument_of(node, "dim", 1)
        inner = self.shape(node.args[0], depth + 1) if node.args else None
        position = _integer(axis) if axis is not None else None
        if inner is None or inner.dimensions is None or position is None:
            return None
        dimensions = list(inner.dimensions)
        dimensions.insert(position if position >= 0 else len(dimensions) + 1 + position, 1)
        return Shape(tuple(dimensions))

    def _joined(self, node: ast.Call, depth: int) -> Shape | None:
        """The shape of tensors one behind the other, where there is a known number of them."""
        parts = self._joined_parts(argument_of(node, "values", 0))
        axis = argument_of(node, "axis", 1)
        position = _integer(axis) if axis is not None else None
        shapes = [self.shape(part, depth + 1) for part in parts]
        sizes = [shape.dimensions for shape in shapes if shape is not None and shape.dimensions is not None]
        if position is None or not parts or len(sizes) < len(parts) or not -len(sizes[0]) <= position < len(sizes[0]):
            return None
        position %= len(sizes[0])
        others = {(*one[:position], *one[position + 1 :]) for one in sizes}
        joined = [one[position] for one in sizes if isinstance(one[position], int)]
        if len(others) > 1 or len(joined) < len(parts) or any(isinstance(one, ast.expr) for one in others.pop()):
            return None
        return Shape(
            (*sizes[0][:position], sum(one for one in joined if isinstance(one, int)), *sizes[0][position + 1 :])
        )

    def _joined_parts(self, node: ast.expr | None) -> list[ast.expr]:
        """The elements of a list that is written here, or made of a constant one, each as often as it comes."""
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return elements
            case ast.ListComp(
                elt=element, generators=[ast.comprehension(ifs=[], is_async=0, iter=ast.Name() as listed)]
            ):
                many = self._definition(listed)
                if isinstance(many, (ast.List, ast.Tuple)) and self._only_read(listed.id):
                    if not any(isinstance(one, ast.Starred) for one in many.elts):
                        return [element] * len(many.elts)
        return []

    def _only_read(self, name: str) -> bool:
        """Whether nothing in the file can change the list behind a name."""
        symbols = self.region.symbols
        return only_read(name, symbols.tree, Source("", symbols))

    def _broadcast(self, left: ast.expr, right: ast.expr, depth: int) -> Shape | None:
        one, other = self.shape(left, depth + 1), self.shape(right, depth + 1)
        if one == Shape(()):
            return other
        if other == Shape(()):
            return one
        return None

    def _feature_shape(self, node: ast.Subscript) -> Shape | None:
        feature = self._feature(node)
        if feature is None:
            return None
        call, _, batched = feature
        shape = self.shape_of(argument_of(call, "shape", 0))
        if shape.dimensions is None:
            return None
        return Shape((None, *shape.dimensions)) if batched else shape

    def _feature(self, node: ast.Subscript) -> tuple[ast.Call, int, bool] | None:
        """The `FixedLenFeature(shape, dtype)` behind `parsed["key"]`, and whether there is a batch dimension."""
        parser = self._call_of(node.value)
        if parser is None:
            return None
        batched = _PARSERS.get(self.kinds.symbol(parser) or "")
        if batched is None:
            return None
        features = self._literal(argument_of(parser, "features", 1))
        match features:
            case ast.Call(
                func=ast.Name(id="dict"), args=[ast.GeneratorExp() | ast.ListComp() as listed], keywords=[]
            ) if "dict" not in self.region.symbols.module.bindings:
                return self._any_feature(listed.elt, batched)
            case ast.DictComp(key=named, value=made):
                return self._any_feature(ast.Tuple([named, made]), batched)
            case ast.Dict():
                pass
            case _:
                return None
        for key, value in zip(features.keys, features.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(node.slice, ast.Constant):
                continue
            if key.value == node.slice.value and isinstance(value, ast.Call):
                if isinstance(value.func, ast.Attribute) and value.func.attr == "FixedLenFeature":
                    return value, 1, batched
        return None

    def _any_feature(self, pair: ast.expr, batched: bool) -> tuple[ast.Call, int, bool] | None:
        """The feature that a comprehension makes for each of its keys."""
        match pair:
            case ast.Tuple(elts=[ast.Name(id=key), ast.Call(func=ast.Attribute(attr="FixedLenFeature")) as made]):
                if not any(isinstance(node, ast.Name) and node.id == key for node in ast.walk(made)):
                    return made, 1, batched
        return None

    def parses(self, call: ast.Call) -> bool:
        """Whether a placeholder is a batch of serialized tf.Examples: it goes into a parser of a whole batch."""
        for step in self.region.steps:
            for node in ast.walk(step.node):
                if isinstance(node, ast.Call) and _PARSERS.get(self.kinds.symbol(node) or "") is True:
                    argument = argument_of(node, "serialized", 0)
                    if argument is not None and self._call_of(argument) is call:
                        return True
        return False

    def _literal(self, node: ast.expr | None) -> ast.expr | None:
        """The dictionary a feature spec is: written here, in a name, or returned by a function of this file."""
        match node:
            case ast.Name():
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    return self._literal(value.expression)
                if isinstance(value, Outer):
                    return _module_value(value, self.region)
            case ast.Call():
                function = self.region.function(node.func)
                if function is not None and call_arguments(node, function) == {}:
                    last = function.body[-1]
                    if isinstance(last, ast.Return) and isinstance(last.value, ast.Dict):
                        return last.value
        return node

    def _call_of(self, node: ast.expr) -> ast.Call | None:
        """The call behind a name, through plain copies."""
        if isinstance(node, ast.Call):
            return node
        definition = self._definition(node)
        return self._call_of(definition) if definition is not None else None

    def _definition(self, node: ast.expr) -> ast.expr | None:
        if not isinstance(node, ast.Name):
            return None
        value: Value | None = self.region.value_of.get(node)
        if isinstance(value, Outer):
            return _module_value(value, self.region)
        while isinstance(value, Definition) and value.previous is not None and _set_shape(value) is not None:
            value = value.previous
        if not isinstance(value, Definition) or not value.known or value.previous is not None:
            return None
        if value.path:
            if isinstance(value.expression, (ast.Tuple, ast.List)) and len(value.path) == 1:
                return value.expression.elts[value.path[0]]
            return None
        return value.expression

    def _is_tensor(self, node: ast.expr) -> bool:
        return self.kinds.of(node) in (Kind.TENSOR, Kind.PLACEHOLDER, Kind.VARIABLE)

    def dtype_name(self, node: ast.expr | None) -> str | None:
        """The name of the dtype that a `dtype=` argument says."""
        match node:
            case None:
                return None
            case ast.Constant(value=str(text)):
                name = _ALIASES.get(text, text)
                return name if name in DTYPES else None
            case ast.Name(id=("float" | "int" | "bool" | "str") as builtin) if self.region.resolve(node) is None:
                return _ALIASES.get(builtin, builtin)
        symbol = self.region.resolve(node)
        if symbol is not None:
            last = symbol.rpartition(".")[2]
            last = _ALIASES.get(last, last)
            return last if last in DTYPES else None
        if isinstance(node, ast.Attribute) and node.attr in _NUMPY_DTYPES:
            return _ALIASES.get(node.attr, node.attr)
        definition = self._definition(node)
        return self.dtype_name(definition) if definition is not None else None


def _set_shape(value: Value | None) -> ast.expr | None:
    """The shape in `x.set_shape(...)`, where that is what made a value."""
    if isinstance(value, Definition) and value.previous is not None:
        match value.step.node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="set_shape"), args=[shape])):
                return shape
    return None


def _module_value(value: Outer, region: Region) -> ast.expr | None:
    match region.symbols.module.bindings.get(value.name):
        case [Assigned(value=expression)]:
            return expression
    return None


def argument_of(call: ast.Call, keyword: str, position: int) -> ast.expr | None:
    """The argument of a call for a parameter, given by position or by keyword."""
    if len(call.args) > position and not any(isinstance(argument, ast.Starred) for argument in call.args):
        return call.args[position]
    return next((given.value for given in call.keywords if given.arg == keyword), None)


def _integer(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    return None


def _constant_dtype(value: object) -> str | None:
    match value:
        case bool():
            return "bool"
        case float():
            return "float32"
        case int():
            return "int32"
        case str() | bytes():
            return "string"
    return None
