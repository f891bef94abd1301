"""Variables, tables and layers of the graph: their TF1 names, and the TF2 code that makes them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from migrate.source.arguments import bind
from migrate.source.emit.writer import call as call_text
from migrate.source.flow import Definition, Step
from migrate.source.kinds import VARIABLES, Kind, Kinds, calls, header
from migrate.source.specs import Specs, argument_of
from migrate.source.syntax import children, walk
from migrate.source.unprovable import NO_EQUAL, VARIABLE, Unprovable

Render = Callable[[ast.expr], str]
"""Gives the new text of an expression."""

_VARIABLE_PARAMETERS = ("initial_value", "trainable", "collections", "validate_shape", "caching_device", "name", "variable_def",
                        "dtype", "expected_shape", "import_scope", "constraint", "use_resource", "synchronization",
                        "aggregation", "shape")  # fmt: skip
_GET_VARIABLE_PARAMETERS = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "collections", "caching_device",
                            "partitioner", "validate_shape", "use_resource", "custom_getter", "constraint",
                            "synchronization", "aggregation")  # fmt: skip


_CONVOLUTION = frozenset(
    {"filters", "kernel_size", "strides", "padding", "activation", "use_bias", "name", "data_format"}
)
_LAYERS = {
    "Conv1D": _CONVOLUTION,
    "Conv2D": _CONVOLUTION,
    "Dense": frozenset({"units", "activation", "use_bias", "name"}),
    "Flatten": frozenset({"name"}),
}
"""Layers, and their arguments, that tf.keras of TF 1.15 and Keras 3 agree on."""


_DEFAULT_NAMES = {"constant": "const", "multiply": "mul", "subtract": "sub", "divide": "truediv", "negative": "neg",
                  "placeholderwithdefault": "placeholderwithdefault", "conv2d": "conv2d"}  # fmt: skip
_OPERATOR_NAMES = frozenset(
    {"add", "sub", "mul", "truediv", "div", "floordiv", "mod", "floormod", "pow", "neg", "matmul", "abs"}
)


@dataclass(frozen=True, slots=True)
class _Name:
    text: str | None
    """The TF1 name; None where it is only known at run time."""


class VariableNames:
    """The TF1 names of the variables a region makes.

    Follows `Graph.unique_name`: names are unique in a graph without regard to case, `get_variable` takes its prefix
    from the variable scopes and `tf.Variable` from the name scopes, which a second entry renames (`layer`, `layer_1`).
    """

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._names: dict[ast.Call, _Name] = {}
        self._used: dict[str, int] = {}
        self._scopes: dict[Step, tuple[str | None, str | None]] = {}
        self._unsure: set[str] = set()
        self._store: dict[str, str] = {}
        self._before: list[ast.AST] = []
        self._in_loops: set[str] = set()
        # The statements of these are followed like the region's own.
        self._inlined = {
            kinds.region.function(call.func)
            for step in kinds.region.steps
            if step.inlined is not None
            for part in header(step.inlined)
            for call in calls(part)
        }
        for step in kinds.region.steps:
            self._visit(step)

    def name(self, call: ast.Call) -> str:
        """The name of the variable that a call makes.

        Raises:
            Unprovable: Where it is only known at run time.
        """
        known = self._names.get(call)
        if known is None or known.text is None:
            raise Unprovable(VARIABLE, "the variable's TF1 name is only known at run time", call)
        return known.text

    def _visit(self, step: Step) -> None:
        variables, names = "", ""
        known = True
        for branch in step.branches:
            if branch.step in self._scopes:
                entered = self._scopes[branch.step]
                if entered[0] is None or entered[1] is None:
                    known = False
                else:
                    variables, names = entered[0], entered[1]
        if isinstance(step.node, (ast.With, ast.AsyncWith)):
            self._enter(step, variables, names, known=known)
            return
        optional = any(isinstance(branch.step.node, (ast.If, ast.Try)) for branch in step.branches)
        looped = any(isinstance(branch.step.node, (ast.For, ast.While)) for branch in step.branches)
        for part in header(step):
            self._before.append(part)
            for call, repeated in _in_order(part):
                self._claim(call, variables, names, known=known, optional=optional, looped=looped or repeated)

    def _enter(self, step: Step, variables: str, names: str, *, known: bool) -> None:
        assert isinstance(step.node, (ast.With, ast.AsyncWith))
        result: tuple[str | None, str | None] = (variables, names) if known else (None, None)
        for item in step.node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                continue
            name = self._kinds.symbol(call)
            last = (name or "").rpartition(".")[2]
            if last == "Graph" or (isinstance(call.func, ast.Attribute) and call.func.attr == "as_default"):
                if self._kinds.of(call) is Kind.GRAPH or last == "Graph":
                    self._forget()
                    result = ("", "")
            elif last in ("op_scope", "variable_op_scope") or any(
                k.arg == "auxiliary_name_scope" for k in call.keywords
            ):
                result = (None, None)
            elif last in ("variable_scope", "name_scope") and result[0] is not None:
                text = _text(
                    call.args[0] if call.args else argument_of(call, "name_or_scope", 0) or argument_of(call, "name", 0)
                )
                if text is None:
                    again = self._entered_again(call) if last == "variable_scope" else None
                    # The scope is known, the name scope beside it is a new one.
                    result = (again, f"{result[1]}?") if again is not None else (None, None)
                    continue
                outer_variables, outer_names = result
                assert outer_names is not None
                entered = text.rstrip("/") if text.endswith("/") else self._unique(text, outer_names)
                if self._op_name(text):
                    # Variables of the variable scope are still named after it, those of the name scope are not sure.
                    entered = f"{entered}?"
                result = (_join(outer_variables, text) if last != "name_scope" else outer_variables, entered)
        self._scopes[step] = result

    def _entered_again(self, call: ast.Call) -> str | None:
        """The variable scope behind `scope` in `with tf.variable_scope(scope)`, entered above as `scope`."""
        given = argument_of(call, "name_or_scope", 0)
        value = self._kinds.region.value_of.get(given) if isinstance(given, ast.Name) else None
        if not isinstance(value, Definition) or value.previous is not None:
            return None
        match value.step.node:
            case ast.With(items=[ast.withitem(context_expr=ast.Call() as made, optional_vars=ast.Name())]):
                if (self._kinds.symbol(made) or "").rpartition(".")[2] == "variable_scope":
                    return self._scopes.get(value.step, (None, None))[0]
        return None

    def _claim(self, call: ast.Call, variables: str, names: str, *, known: bool, optional: bool, looped: bool) -> None:
        symbol = self._kinds.symbol(call)
        if symbol is None:
            return
        if symbol == "reset_default_graph":
            self._forget()
            return
        if symbol == "get_variable":
            text = _text(argument_of(call, "name", 0))
            if text is None or not known:
                self._names[call] = _Name(None)
                return
            full = _join(variables, text)
            if full not in self._store:
                self._store[full] = "" if self._op_name(full) else self._unique(full, "")
            self._names[call] = _Name(self._store[full] or None)
            return
        if symbol == "Variable":
            given = argument_of(call, "name", 5)
            if _is_none(given):
                given = None
            text = "Variable" if given is None else _text(given)
            if text is None or not known:
                self._names[call] = _Name(None)
                return
            plain = _join(names, text)
            unsure = plain.lower() in self._unsure or (given is not None and self._op_name(text))
            unique = self._unique(text, names)
            self._names[call] = _Name(None if unsure or "?" in unique else unique)
        else:
            given = next((keyword.value for keyword in call.keywords if keyword.arg == "name"), None)
            text = _text(given)
            if text is None or not known or self._kinds.of(call) not in (Kind.TENSOR, Kind.PLACEHOLDER):
                return
            self._unique(text, names)
        if text is not None and looped:
            self._in_loops.add(text.lower())
        if optional and text is not None:
            self._unsure.add(_join(names, text).lower())

    def _forget(self) -> None:
        """Another graph, with names of its own."""
        self._used, self._unsure, self._store = {}, set(), {}

    def _may_be_taken(self, text: str) -> bool:
        """Whether an earlier op may have the name, in a way that is not followed here.

        Names are given by position, computed, or given in a loop or in a helper function.
        """
        wanted = text.rpartition("/")[2].lower()
        for part in self._before:
            for node in walk(part):
                if not isinstance(node, ast.Call):
                    continue
                if self._kinds.symbol(node) is None:
                    function = self._kinds.region.function(node.func)
                    if function is not None and function not in self._inlined and self._names_in(function, wanted):
                        return True
                    continue
                last = (self._kinds.symbol(node) or "").rpartition(".")[2]
                if (
                    last in ("Variable", "get_variable", "variable_scope", "name_scope")
                    or self._kinds.of(node) is Kind.CONFIG
                ):
                    continue
                if any(
                    isinstance(a, ast.Constant) and isinstance(a.value, str) and a.value.lower() == wanted
                    for a in node.args
                ):
                    return True
                if last == "global_variables_initializer" and wanted == "init":
                    return True
                for keyword in node.keywords:
                    if keyword.arg == "name" and not isinstance(keyword.value, ast.Constant):
                        return True
        return wanted in self._in_loops

    def _names_in(self, function: ast.FunctionDef, wanted: str) -> bool:
        """Whether a helper function gives a name to an op."""
        for node in walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() == wanted:
                return True
            if isinstance(node, ast.keyword) and node.arg == "name" and not isinstance(node.value, ast.Constant):
                return True
        return False

    def _op_name(self, text: str) -> bool:
        """Whether an op without a name of its own may have taken a name before: `tf.matmul` calls itself MatMul."""
        if self._may_be_taken(text):
            return True
        wanted = text.rpartition("/")[2].lower().replace("_", "")
        for part in self._before:
            for node in walk(part):
                if isinstance(node, ast.Call):
                    name = (self._kinds.symbol(node) or "").rpartition(".")[2]
                    plain = name.lower().replace("_", "").removeprefix("reduce")
                    if wanted in (plain, _DEFAULT_NAMES.get(plain, plain)) and name not in (
                        "get_variable",
                        "Variable",
                    ):
                        if not any(keyword.arg == "name" for keyword in node.keywords):
                            return True
                elif isinstance(node, (ast.BinOp, ast.UnaryOp)) and wanted in _OPERATOR_NAMES:
                    return True
        return False

    def _unique(self, text: str, scope: str) -> str:
        full = _join(scope, text.rstrip("/"))
        count = self._used.get(full.lower(), 0)
        self._used[full.lower()] = count + 1
        if count == 0:
            return full
        candidate = full
        while candidate.lower() in self._used:
            candidate = f"{full}_{count}"
            count += 1
        self._used[candidate.lower()] = 1
        return candidate


def _in_order(node: ast.AST, repeated: bool = False) -> Iterator[tuple[ast.Call, bool]]:
    """The calls in a piece of code in the order they are made, arguments first, and whether each is made repeatedly."""
    repeated = repeated or isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
    for child in children(node):
        yield from _in_order(child, repeated)
    if isinstance(node, ast.Call):
        yield node, repeated


def _join(scope: str | None, name: str) -> str:
    return f"{scope}/{name}" if scope else name


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


_GLOBAL_STEPS = frozenset({"train.get_or_create_global_step", "train.create_global_step"})


class StateCode:
    """Writes the TF2 calls that make what the graph's calls made."""

    def __init__(self, kinds: Kinds, names: VariableNames, tensorflow: str) -> None:
        self._kinds = kinds
        self._names = names
        self._specs = Specs(kinds)
        self._tf = tensorflow
        self._prelude: list[str] = []

    def take_prelude(self) -> list[str]:
        """Statements that the code made since the last call needs before it."""
        lines, self._prelude = self._prelude, []
        return lines

    def code(self, call: ast.Call, render: Render, value: str | None = None, used: int = 0) -> str:
        """The TF2 expression that makes a variable, table or layer.

        Args:
            call: The TF1 call.
            render: Gives the new text of its arguments.
            value: Text of the value a variable is to hold; its own initial value where None.
            used: How much of the line stands before it.

        Raises:
            Unprovable: Where there is nothing equal in TF2.
        """
        symbol = self._kinds.symbol(call) or ""
        if symbol in VARIABLES:
            return self._variable(symbol, call, render, value, used)
        if self._kinds.of(call) is Kind.TABLE:
            return self._table(symbol, call, render)
        if symbol in _GLOBAL_STEPS:
            return self._global_step(symbol, call, value)
        if self._kinds.of(call) is Kind.VARIABLE:
            raise Unprovable(VARIABLE, f"the variable is made by tf.{symbol}", call)
        return self._layer(symbol, call, render)

    def _layer(self, symbol: str, call: ast.Call, render: Render) -> str:
        """A Keras layer that was never trained: the same layer, whose defaults Keras 3 left as they were."""
        allowed = _LAYERS.get(symbol.rpartition(".")[2])
        if allowed is None or any(keyword.arg not in allowed for keyword in call.keywords) or len(call.args) > 2:
            raise Unprovable(NO_EQUAL, f"the layer tf.{symbol} is not known to be the same in Keras 3", call)
        arguments = [render(argument) for argument in call.args]
        arguments += [f"{keyword.arg}={render(keyword.value)}" for keyword in call.keywords]
        return f"{self._tf}.{symbol}({', '.join(arguments)})"

    # -- variables --

    def _variable(self, symbol: str, call: ast.Call, render: Render, value: str | None, used: int) -> str:
        if symbol == "Variable":
            given = dict(zip(_VARIABLE_PARAMETERS, bind(call, _VARIABLE_PARAMETERS, required=0), strict=True))
            initial = given["initial_value"]
            if initial is None:
                raise Unprovable(VARIABLE, "the variable has no initial value", call)
            text = value if value is not None else render(initial)
            dtype = given["dtype"]
            unusual: tuple[str, ...] = ("variable_def", "expected_shape", "import_scope", "shape")
        elif symbol == "get_variable":
            given = dict(zip(_GET_VARIABLE_PARAMETERS, bind(call, _GET_VARIABLE_PARAMETERS, required=1), strict=True))
            dtype = (
                given["dtype"] if given["initializer"] is not None and not self._makes(given["initializer"]) else None
            )
            text = value if value is not None else self._initial(call, given, render)
            unusual = ("partitioner", "custom_getter")
        else:
            raise Unprovable(VARIABLE, f"tf.{symbol} has no TF2 counterpart", call)
        for name in unusual:
            if given[name] is not None and not _is_none(given[name]):
                raise Unprovable(VARIABLE, f"the variable is made with {name}", call)
        if given["validate_shape"] is not None and not _is(given["validate_shape"], True):
            raise Unprovable(VARIABLE, "the variable's shape may change (validate_shape)", call)
        parts = [text]
        trainable = given["trainable"]
        if trainable is not None and not _is(trainable, True) and not _is_none(trainable):
            parts.append(f"trainable={render(trainable)}")
        if dtype is not None and value is None and not _is_none(dtype):
            parts.append(f"dtype={render(dtype)}")
        parts.append(f'name="{self._names.name(call)}"')
        return call_text(f"{self._tf}.Variable", parts, before=" " * used).lstrip(" ")

    def _global_step(self, symbol: str, call: ast.Call, value: str | None) -> str:
        """The graph's counter, where nothing else of the file names it, and no scope changes its name."""
        region = self._kinds.region
        texts = [ast.unparse(node.func) for node in ast.walk(region.symbols.tree) if isinstance(node, ast.Call)]
        step = next(s for s in region.steps if any(call is node for part in header(s) for node in calls(part)))
        scoped = any("variable_scope" in ast.unparse(b.step.node).split("\n")[0] for b in step.branches)
        if (
            sum(text.endswith(("create_global_step", "get_global_step")) for text in texts) != 1
            or call.args
            or call.keywords
            or scoped
        ):
            raise Unprovable(VARIABLE, f"the variable is made by tf.{symbol}", call)
        return f'{self._tf}.Variable({value or 0}, trainable=False, dtype={self._tf}.int64, name="global_step")'

    def _makes(self, initializer: ast.expr) -> bool:
        """Whether an initializer is an object that makes values of a shape, not a value."""
        node = self._source(initializer)
        if isinstance(node, ast.Call):
            name = self._kinds.symbol(node)
        else:
            name = self._kinds.region.resolve(node)
        return name is not None and ("initializer" in name or name.startswith("initializers."))

    def _source(self, node: ast.expr) -> ast.expr:
        """The expression behind a name."""
        while isinstance(node, ast.Name):
            value = self._kinds.region.value_of.get(node)
            if not isinstance(value, Definition) or not value.known or value.expression is None or value.path:
                return node
            node = value.expression
        return node

    def _initial(self, call: ast.Call, given: dict[str, ast.expr | None], render: Render) -> str:
        initializer = given["initializer"]
        default = self._scope_default(call)
        if initializer is not None and not self._makes(initializer) and not _is_none(initializer):
            source = self._source(initializer)
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
        if initializer is None or _is_none(initializer):
            if default is not None:
                return self._initializer(self._source(default), shape, dtype, render)
            if self._specs.dtype(call) not in (None, "float32", "float64", "float16"):
                return f"{self._tf}.zeros({shape}, {dtype})"
            return f"{self._tf}.keras.initializers.GlorotUniform()({shape}, {dtype})"
        return self._initializer(self._source(initializer), shape, dtype, render)

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
        if found is not None and not self._makes(found):
            raise Unprovable(VARIABLE, "its variable scope's initializer is not one of TensorFlow's", call)
        return found

    def _initializer(self, node: ast.expr, shape: str, dtype: str, render: Render) -> str:
        call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
        name = self._kinds.region.resolve(call.func) or ""
        last = name.rpartition(".")[2].removesuffix("_initializer")
        tf = self._tf

        def argument(keyword: str, position: int, default: str) -> str:
            found = argument_of(call, keyword, position)
            return render(found) if found is not None and not _is_none(found) else default

        def seeded(position: int) -> str:
            found = argument_of(call, "seed", position)
            return f", seed={render(found)}" if found is not None and not _is_none(found) else ""

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
            and self._source(found) is node
        ]

    # -- tables --

    def _table(self, symbol: str, call: ast.Call, render: Render) -> str:
        tf = self._tf
        last = symbol.rpartition(".")[2]
        names: tuple[str, ...]
        match last:
            case "index_table_from_file":
                names = ("vocabulary_file", "num_oov_buckets", "vocab_size", "default_value", "hasher_spec", "key_dtype", "name",
                         "key_column_index", "value_column_index", "delimiter")  # fmt: skip
                given = self._given(call, names, ("vocab_size", "hasher_spec", "key_dtype", "key_column_index",
                                                  "value_column_index", "delimiter"))  # fmt: skip
                index = f"{tf}.lookup.TextFileIndex"
                file = render(_need(given["vocabulary_file"], call))
                parts = [file, f"{tf}.string", f"{index}.WHOLE_LINE", f"{tf}.int64", f"{index}.LINE_NUMBER"]
                initializer = self._text("TextFileInitializer", parts)
                return self._ids(initializer, given, render)
            case "index_table_from_tensor":
                names = (
                    "vocabulary_list",
                    "num_oov_buckets",
                    "default_value",
                    "hasher_spec",
                    "dtype",
                    "name",
                )
                if any(keyword.arg == "mapping" for keyword in call.keywords) or symbol.startswith("contrib."):
                    names = ("mapping", *names[1:])
                given = self._given(call, names, ("hasher_spec", "dtype"))
                words = _need(given[names[0]], call)
                if self._specs.dtype(words) not in ("string", None):
                    raise Unprovable(NO_EQUAL, "the lookup table's keys are not strings", call)
                keys = self._vocabulary(words, render)
                ids = f"{tf}.range({tf}.size({keys}, out_type={tf}.int64))"
                return self._ids(self._text("KeyValueTensorInitializer", [keys, ids]), given, render)
            case "index_to_string_table_from_file":
                names = ("vocabulary_file", "vocab_size", "default_value", "name", "key_column_index", "value_column_index",
                         "delimiter")  # fmt: skip
                given = self._given(call, names, ("vocab_size", "key_column_index", "value_column_index", "delimiter"))
                index = f"{tf}.lookup.TextFileIndex"
                file = render(_need(given["vocabulary_file"], call))
                parts = [file, f"{tf}.int64", f"{index}.LINE_NUMBER", f"{tf}.string", f"{index}.WHOLE_LINE"]
                initializer = self._text("TextFileInitializer", parts)
                return self._words(initializer, given, render)
            case "index_to_string_table_from_tensor":
                names = ("vocabulary_list", "default_value", "name")
                if any(keyword.arg == "mapping" for keyword in call.keywords) or symbol.startswith("contrib."):
                    names = ("mapping", *names[1:])
                given = self._given(call, names, ())
                words = _need(given[names[0]], call)
                values = self._vocabulary(words, render)
                ids = f"{tf}.range({tf}.size({values}, out_type={tf}.int64))"
                return self._words(self._text("KeyValueTensorInitializer", [ids, values]), given, render)
            case "HashTable" | "StaticHashTable":
                given = self._given(call, ("initializer", "default_value", "shared_name", "name"), ())
                initializer = self._table_initializer(_need(given["initializer"], call), render)
                default = render(_need(given["default_value"], call))
                return self._text("StaticHashTable", [initializer, default])
        raise Unprovable(NO_EQUAL, f"the lookup table tf.{symbol} has no TF2 counterpart that is surely the same", call)

    def _table_initializer(self, node: ast.expr, render: Render) -> str:
        source = self._source(node)
        name = (self._kinds.symbol(source) or "") if isinstance(source, ast.Call) else ""
        last = name.rpartition(".")[2]
        names: tuple[str, ...]
        if isinstance(source, ast.Call) and last == "KeyValueTensorInitializer":
            names = ("keys", "values", "key_dtype", "value_dtype", "name")
            given = dict(zip(names, bind(source, names, required=2), strict=True))
            parts = [render(_need(given["keys"], source)), render(_need(given["values"], source))]
            parts += [f"{k}={render(v)}" for k in ("key_dtype", "value_dtype") if (v := given[k]) is not None]
            return self._text("KeyValueTensorInitializer", parts)
        if isinstance(source, ast.Call) and last == "TextFileInitializer":
            names = (
                "filename",
                "key_dtype",
                "key_index",
                "value_dtype",
                "value_index",
                "vocab_size",
                "delimiter",
                "name",
            )
            given = dict(zip(names, bind(source, names, required=5), strict=True))
            parts = [f"{render(_need(given[k], source))}" for k in names[:1]]
            for key in names[1:5]:
                parts.append(self._text_file_argument(key, _need(given[key], source), render))
            parts += [f"{k}={render(v)}" for k in ("vocab_size", "delimiter") if (v := given[k]) is not None]
            return self._text("TextFileInitializer", parts)
        raise Unprovable(NO_EQUAL, "the lookup table's initializer is not one of TensorFlow's", node)

    def _text_file_argument(self, key: str, node: ast.expr, render: Render) -> str:
        if key.endswith("index"):
            attribute = (self._kinds.region.resolve(node) or "").rpartition(".")[2]
            if attribute in ("WHOLE_LINE", "LINE_NUMBER"):
                return f"{self._tf}.lookup.TextFileIndex.{attribute}"
        return render(node)

    def _given(self, call: ast.Call, names: tuple[str, ...], unusual: tuple[str, ...]) -> dict[str, ast.expr | None]:
        given = dict(zip(names, bind(call, names, required=1), strict=True))
        for name in unusual:
            node = given[name]
            if node is None or _is_none(node):
                continue
            if name in ("key_dtype", "dtype") and self._specs.dtype_name(node) == "string":
                continue
            raise Unprovable(NO_EQUAL, f"the lookup table is made with {name}", call)
        return given

    def _ids(self, initializer: str, given: dict[str, ast.expr | None], render: Render) -> str:
        buckets = given["num_oov_buckets"]
        if buckets is not None and not _is(buckets, 0):
            if not isinstance(buckets, ast.Constant):
                raise Unprovable(NO_EQUAL, "num_oov_buckets is only known at run time", buckets)
            return self._text("StaticVocabularyTable", [initializer, f"num_oov_buckets={render(buckets)}"])
        default = given["default_value"]
        return self._text("StaticHashTable", [initializer, render(default) if default is not None else "-1"])

    def _words(self, initializer: str, given: dict[str, ast.expr | None], render: Render) -> str:
        default = given["default_value"]
        text = render(default) if default is not None else '"UNK"'
        return self._text("StaticHashTable", [initializer, text])

    def _vocabulary(self, words: ast.expr, render: Render) -> str:
        """The words of a table, as the text of a tensor that may be written twice."""
        text = render(words)
        if self._kinds.of(words) is Kind.PYTHON:
            text = f"{self._tf}.constant({text})"
        if text.isidentifier():
            return text
        self._prelude.append(f"vocabulary = {text}")
        return "vocabulary"

    def _text(self, name: str, arguments: list[str]) -> str:
        """A call of `tf.lookup`, broken into lines where it is long."""
        return call_text(f"{self._tf}.lookup.{name}", arguments, depth=3)


def _need(node: ast.expr | None, call: ast.Call) -> ast.expr:
    if node is None:
        raise Unprovable(NO_EQUAL, f"{ast.unparse(call.func)} lacks an argument", call)
    return node


def _is(node: ast.expr | None, value: object) -> bool:
    return (isinstance(node, ast.Constant) and node.value is value) or (
        isinstance(node, ast.Constant) and type(node.value) is type(value) and node.value == value
    )


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
