"""Tensors that are fetched back by name from the graph that the same function builds.

`graph.get_tensor_by_name('x:0')` is what `x = tf.placeholder(tf.float32, name='x')` gave, if nothing else of the file
can be called x. Then the name `x` can stand there, and what follows is a graph like any other.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.source.flow import LOOPS, TRIES, Definition, Outer, Region, Step
from migrate.source.kinds import Kind, Kinds, header
from migrate.source.specs import argument_of
from migrate.source.symbols import Assigned, Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import ELSEWHERE, Unprovable

if TYPE_CHECKING:
    from migrate.source.view import ModuleView

_SINGLE = frozenset({
    "abs", "acos", "acosh", "add", "add_n", "argmax", "argmin", "as_string", "asin", "atan", "cast", "ceil",
    "clip_by_value", "concat", "constant", "cos", "cosh", "cumsum", "decode_raw", "digamma", "div", "divide",
    "ensure_shape", "equal", "erf", "exp", "expand_dims", "expm1", "fill", "floor", "floordiv", "floormod", "gather",
    "greater", "greater_equal", "identity", "is_finite", "is_inf", "is_nan", "less", "less_equal", "lgamma",
    "linalg.matmul", "log", "log1p", "logical_and", "logical_not", "math.abs", "math.add", "math.argmax",
    "math.divide", "math.equal", "math.exp", "math.log", "math.maximum", "math.minimum", "math.multiply", "math.pow",
    "math.reduce_max", "math.reduce_mean", "math.reduce_sum", "math.sigmoid", "math.softmax", "math.sqrt",
    "math.square", "math.subtract", "math.tanh", "matmul", "maximum", "minimum", "mod", "multiply", "negative",
    "nn.avg_pool", "nn.bias_add", "nn.conv2d", "nn.elu", "nn.l2_loss", "nn.l2_normalize", "nn.leaky_relu",
    "nn.log_softmax", "nn.max_pool", "nn.relu", "nn.relu6", "nn.relu_layer", "nn.selu", "nn.sigmoid", "nn.softmax",
    "nn.softplus", "nn.softsign", "nn.tanh", "nn.xw_plus_b", "not_equal", "one_hot", "ones_like", "pad", "placeholder",
    "placeholder_with_default", "pow", "realdiv", "reciprocal", "reduce_any", "reduce_max", "reduce_mean",
    "reduce_min", "reduce_prod", "reduce_sum", "reshape", "reverse", "rint", "round", "rsqrt", "shape", "sigmoid",
    "sign", "sin", "sinh", "size", "slice", "sqrt", "square", "squared_difference", "squeeze", "stop_gradient",
    "string_join", "string_to_number", "strings.join", "subtract", "tan", "tanh", "tensordot", "tile", "to_double",
    "to_int32", "to_int64", "transpose", "truediv", "where", "zeros_like",
})  # fmt: skip
"""The functions that return the one output of the op that has the name they are given (all asked of TF 1.15)."""

_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.USub: "neg", ast.Lt: "less", ast.LtE: "lessequal", ast.Gt: "greater",
    ast.GtE: "greaterequal",
}  # fmt: skip
_INTERNAL = frozenset({
    "adagrad", "adam", "assign", "cond", "const", "global_step", "gradientdescent", "gradients", "group_deps", "init",
    "initializer", "momentum", "read", "report_uninitialized_variables", "rmsprop", "save", "stridedslice", "variable",
    "while",
})  # fmt: skip
"""What TensorFlow calls ops that nobody named, without underscores."""

_GRAPHS_FROM_FILES = ("import_graph_def", "import_meta_graph", "import_scoped_meta_graph", "load_op_library", "load",
                      "Module", "load_model", "model_from_json", "create_module_spec")  # fmt: skip
_HARMLESS = frozenset(
    {"absl", "cv2", "matplotlib", "numpy", "pandas", "PIL", "scipy", "six", "sklearn", "tqdm", "yaml"}
)
_TEXT_FUNCTIONS = frozenset({"print", "open", "str", "len", "isinstance"})
_TEXT_METHODS = frozenset({"format", "join", "get", "pop", "setdefault", "add_argument", "info", "debug", "split"})


def without_lookups(view: ModuleView, scope: Scope) -> str | None:
    """The module's text with names for the tensors that a function fetches by name; None where it fetches none.

    Args:
        view: The module.
        scope: The function, or the module itself.

    Raises:
        Unprovable: It cannot be seen what has one of the names.
    """
    kinds = view.kinds(scope)
    lookups = list(_lookups(kinds))
    if not lookups:
        return None
    namers = Namers(view.symbols, kinds)
    texts = {node: namers.holder(name, step, node) for node, name, step in lookups}
    lines = view.text.split("\n")
    for node in sorted(texts, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        _put(lines, node, texts[node])
    return "\n".join(lines)


def _put(lines: list[str], node: ast.expr, text: str) -> None:
    assert node.end_lineno is not None
    first, last = lines[node.lineno - 1].encode(), lines[node.end_lineno - 1].encode()
    new = first[: node.col_offset].decode() + text + last[node.end_col_offset :].decode()
    lines[node.lineno - 1 : node.end_lineno] = [new]


def _lookups(kinds: Kinds) -> Iterator[tuple[ast.expr, str, Step]]:
    """Every fetch of a first output by a name that is written out, and that name."""
    for step in kinds.region.steps:
        if step.inlined is not None:
            continue
        for part in header(step):
            for node in walk(part):
                name = _looked_up(node, kinds)
                if name is not None and isinstance(node, ast.expr):
                    yield node, name, step


def _looked_up(node: ast.AST, kinds: Kinds) -> str | None:
    region = kinds.region
    match node:
        case ast.Call(func=ast.Attribute(value=graph, attr="get_tensor_by_name")) if kinds.of(graph) is Kind.GRAPH:
            text = _text(argument_of(node, "name", 0), region)
            return text[: -len(":0")] if text is not None and text.endswith(":0") else None
        case ast.Subscript(value=ast.Attribute(value=operation, attr="outputs"), slice=ast.Constant(value=0)):
            if isinstance(operation, ast.Name):
                value = region.value_of.get(operation)
                if not isinstance(value, Definition) or not value.known or value.previous or value.path:
                    return None
                operation = value.expression or operation
            match operation:
                case ast.Call(func=ast.Attribute(value=graph, attr="get_operation_by_name")) if (
                    kinds.of(graph) is Kind.GRAPH
                ):
                    return _text(argument_of(operation, "name", 0), region)
    return None


def _text(node: ast.expr | None, region: Region) -> str | None:
    """A text that is written out, here or in a constant."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _text(left, region), _text(right, region)
            return one + other if one is not None and other is not None else None
        case ast.Name():
            match region.value_of.get(node):
                case Definition(known=True, previous=None, path=(), expression=ast.Constant(value=str(text))):
                    return text
                case Outer(name=name):
                    match region.symbols.module.bindings.get(name):
                        case [Assigned(value=ast.Constant(value=str(text)))]:
                            return text
    return None


class Namers:
    """What gives names to the ops of a file."""

    def __init__(self, symbols: Symbols, kinds: Kinds) -> None:
        """Reads the calls of a module.

        Args:
            symbols: The module's names.
            kinds: The function whose graph it is about.
        """
        self._symbols = symbols
        self._kinds = kinds
        self._calls = list(_calls(symbols))
        self._operators = {
            _OPERATORS[type(sign)] for node in walk(symbols.tree) for sign in _signs(node) if type(sign) in _OPERATORS
        }

    def holder(self, name: str, lookup: Step, node: ast.expr) -> str:
        """The Python name of the tensor that an op's name means.

        Args:
            name: The op's name.
            lookup: Where it is asked for.
            node: The expression that asks.

        Raises:
            Unprovable: Several may have the name, or nothing here has it.
        """
        last = name.rpartition("/")[2]
        found = self._named(last, node)
        step = next(
            (one for one in self._kinds.region.steps if isinstance(one.node, ast.Assign) and one.node.value is found),
            None,
        )
        said = f"the tensor '{name}:0' is fetched by name"
        if step is None or step.inlined is not None or len(step.writes) != 1 or step.writes[0].path:
            raise Unprovable(ELSEWHERE, f"{said}, and made inside of other code (line {found.lineno})", node)
        if any(isinstance(branch.step.node, (*LOOPS, *TRIES)) for one in (step, lookup) for branch in one.branches):
            raise Unprovable(ELSEWHERE, f"{said} in a loop or a try statement", node)
        self._refuse_unnamed(last, found, node)
        self._refuse_unknown(step, node, said)
        made = step.writes[0]
        if lookup.env.get(made.name) is not made:
            raise Unprovable(ELSEWHERE, f"{said}, and '{made.name}' is something else there", node)
        return made.name

    def _named(self, last: str, node: ast.expr) -> ast.Call:
        """The one call that is given a name.

        Every text of the module that spells the name must be explained: it may reach an op on ways that are not seen.
        """
        found: dict[ast.Call, ast.Constant] = {}
        explained: set[ast.AST] = set()
        open_names = False
        for call, scope in self._calls:
            symbol = self._symbols.resolve(call.func, scope)
            if symbol is not None and symbol.rpartition(".")[2] in _GRAPHS_FROM_FILES:
                raise Unprovable(ELSEWHERE, f"'{last}' may be a tensor of a graph from a file", node)
            if self._says_nothing(call, symbol, scope):
                explained |= set(walk(call))
                continue
            if symbol is None or not (self._kinds.tensorflow_in_helper(symbol) or "scope" in symbol):
                self._refuse_put_together(call, last, node)
                continue
            open_names = open_names or any(keyword.arg is None for keyword in call.keywords)
            self._refuse_put_together(call, last, node)
            for argument in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "name")]:
                text = self._constant(argument, scope)
                if text is not None and last.lower() in [part.lower() for part in str(text.value).split("/")]:
                    found[call] = text
            given = next((keyword.value for keyword in call.keywords if keyword.arg == "name"), None)
            open_names = open_names or (given is not None and self._constant(given, scope) is None)
        if len(found) != 1:
            what = "nothing" if not found else "more than one op"
            raise Unprovable(ELSEWHERE, f"{what} in this file is surely called '{last}'", node)
        ((call, text),) = found.items()
        self._refuse_unexplained(last, explained | {text}, node, keys=open_names)
        if self._kinds.symbol(call) not in _SINGLE:
            said = f"what is called '{last}' is made by {ast.unparse(call.func)}, which may give it to other ops"
            raise Unprovable(ELSEWHERE, said, node)
        return call

    def _says_nothing(self, call: ast.Call, symbol: str | None, scope: Scope) -> bool:
        """Whether the texts that a call is given are surely no names of ops."""
        if symbol is not None:
            return symbol.startswith("saved_model.")
        match call.func:
            case ast.Attribute(attr=method) if method in _TEXT_METHODS or method.startswith("get_"):
                return True
            case ast.Name(id=name) if name in _TEXT_FUNCTIONS and scope.owner(name) is None:
                return True
        head = (self._symbols.qualified(call.func, scope) or "").partition(".")[0]
        return head in _HARMLESS | sys.stdlib_module_names - {"functools"}

    def _constant(self, node: ast.expr, scope: Scope) -> ast.Constant | None:
        """The text that an argument is, also behind a constant of the module."""
        if isinstance(node, ast.Constant):
            return node if isinstance(node.value, str) or node.value is None else None
        if isinstance(node, ast.Name) and scope.owner(node.id) is self._symbols.module:
            match self._symbols.module.bindings[node.id]:
                case [Assigned(value=ast.Constant(value=str()) as text)]:
                    return text
        return None

    def _refuse_put_together(self, call: ast.Call, last: str, node: ast.expr) -> None:
        """A text that is put together must begin otherwise than the name."""
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            if not _is_put_together(argument):
                continue
            start = _start(argument)
            if not start or last.lower().startswith(start.lower()):
                text = f"a name that is put together (line {call.lineno}) may be '{last}'"
                raise Unprovable(ELSEWHERE, text, node)

    def _refuse_unexplained(self, last: str, explained: set[ast.AST], node: ast.expr, *, keys: bool) -> None:
        """Refuses a further text that is, or ends in, the name.

        Args:
            last: The name.
            explained: Nodes that do not count.
            node: The expression that asks for it.
            keys: Whether keys of dictionaries count, because some names come from elsewhere.
        """
        for inner in walk(self._symbols.tree):
            match inner:
                case ast.Dict(keys=found) if not keys:
                    explained |= {key for key in found if key is not None}
                case ast.Subscript(slice=ast.Constant() as index) if not keys:
                    explained.add(index)
                case ast.Compare():
                    explained |= set(walk(inner))
                case ast.Expr(value=ast.Constant() as said_aloud):
                    explained.add(said_aloud)
        explained |= self._only_read_in(explained)
        for inner in walk(self._symbols.tree):
            match inner:
                case ast.Constant(value=str(text)) if inner not in explained:
                    if last.lower() in re.split(r"[/,\s]", text.lower()):
                        said = f"'{last}' is also said on line {inner.lineno}, which may name another op"
                        raise Unprovable(ELSEWHERE, said, node)

    def _only_read_in(self, explained: set[ast.AST]) -> set[ast.AST]:
        """The constants of a name that only explained code reads, such as one that is asked for, or a list in no use."""
        read = {
            node.id
            for node in walk(self._symbols.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in explained
        }
        found: set[ast.AST] = set()
        for scope in self._symbols.scopes():
            for name, bindings in scope.bindings.items():
                match bindings:
                    case [Assigned(value=ast.Constant() | ast.List() | ast.Tuple() as made)] if name not in read:
                        found |= {made, *(getattr(made, "elts", ()))}
        return found

    def _refuse_unnamed(self, last: str, own: ast.Call, node: ast.expr) -> None:
        """An op without a name is called after its type, and may come first."""
        plain = re.sub(r"_\d+$", "", last).replace("_", "").lower()
        types = self._operators | {word.replace("_", "") for word in _INTERNAL}
        for call, scope in self._calls:
            symbol = self._symbols.resolve(call.func, scope)
            if symbol is not None and call is not own:
                types.add(symbol.rpartition(".")[2].replace("_", "").lower())
        if plain in types:
            raise Unprovable(ELSEWHERE, f"an op that has no name may be called '{last}', too", node)

    def _refuse_unknown(self, step: Step, node: ast.expr, said: str) -> None:
        """Code of other modules, run before, may have taken the name."""
        for other in self._kinds.region.steps:
            if other.index >= step.index:
                break
            for part in header(other):
                for call in walk(part):
                    if not isinstance(call, ast.Call):
                        continue
                    head = (self._symbols.qualified(call.func, self._kinds.region.scope) or "").partition(".")[0]
                    if head and head not in _HARMLESS | sys.stdlib_module_names | {"tensorflow"}:
                        text = f"{said}, and {ast.unparse(call.func)} (line {call.lineno}) may have taken that name"
                        raise Unprovable(ELSEWHERE, text, node)


def _is_put_together(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Mod()):
            return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in (*walk(left), *walk(right)))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format" | "join")):
            return True
    return False


def _start(node: ast.expr) -> str:
    """How a text begins that is put together."""
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return text
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add()):
            return text
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            return text.partition("%")[0]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)))):
            return text.partition("{")[0]
    return ""


def _signs(node: ast.AST) -> tuple[ast.AST, ...]:
    match node:
        case ast.BinOp(op=sign) | ast.UnaryOp(op=sign) | ast.AugAssign(op=sign):
            return (sign,)
        case ast.Compare(ops=signs):
            return tuple(signs)
    return ()


def _calls(symbols: Symbols) -> Iterator[tuple[ast.Call, Scope]]:
    """Every call of a module, with the scope it stands in."""
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, ast.Call):
            yield node, scope
        opens = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda))
        inner = symbols.scope_of(node) if opens else scope  # type: ignore[arg-type]
        pending += [(child, inner) for child in children(node)]
