"""What kind of thing is this value: a tensor, a variable, a session, or plain Python?

TF1 export code mixes the three worlds in one function: Python that runs once, a graph that is only built, and a
session that runs it. Everything the strategies decide rests on telling them apart.
"""

from __future__ import annotations

import ast
from enum import Enum, auto

from migrate.source.api.data import table
from migrate.source.flow import Definition, Merge, Outer, Parameter, Region, Step, Undefined, Value
from migrate.source.syntax import children, walk


class Kind(Enum):
    """What a value is at the time the graph is built."""

    PYTHON = auto()
    """Plain Python, or what a session returned."""
    CONFIG = auto()
    """A TensorFlow object that is no part of a graph: a dtype, a feature spec, an initializer."""
    PLACEHOLDER = auto()
    VARIABLE = auto()
    TABLE = auto()
    LAYER = auto()
    """A Keras layer object."""
    TENSOR = auto()
    """A tensor, an op, or a Python structure or expression made of them."""
    ASSIGN = auto()
    """An op that sets a variable."""
    INIT = auto()
    """An op that initializes variables or tables."""
    TRAIN = auto()
    """An op that trains, or an optimizer."""
    SAVER = auto()
    SESSION = auto()
    GRAPH = auto()
    BUILDER = auto()
    INFO = auto()
    """A TensorInfo."""
    SIGNATURE = auto()
    """A SignatureDef."""


DTYPE_NAMES = frozenset({
    "float16", "float32", "float64", "bfloat16", "half", "double", "int8", "int16", "int32", "int64", "uint8", "uint16",
    "uint32", "uint64", "bool", "string", "complex64", "complex128", "resource", "variant", "qint8", "quint8", "qint32",
    "newaxis", "qint16", "quint16",
})  # fmt: skip

IN_GRAPH = frozenset(
    {Kind.PLACEHOLDER, Kind.VARIABLE, Kind.TABLE, Kind.LAYER, Kind.TENSOR, Kind.ASSIGN, Kind.INIT, Kind.TRAIN}
)
"""The kinds that belong to a graph."""

STATE = frozenset({Kind.VARIABLE, Kind.TABLE, Kind.LAYER})
"""The kinds that become attributes of a module."""

BUILDERS = frozenset({"saved_model.builder.SavedModelBuilder", "saved_model.Builder"})
SIMPLE_SAVES = frozenset({"saved_model.simple_save", "saved_model.simple_save.simple_save"})
_SESSIONS = frozenset({"Session", "InteractiveSession", "train.MonitoredTrainingSession", "train.MonitoredSession",
                       "train.SingularMonitoredSession", "get_default_session"})  # fmt: skip
_INITS = frozenset({
    "global_variables_initializer", "initialize_all_variables", "initializers.global_variables",
    "local_variables_initializer", "initialize_local_variables", "initializers.local_variables",
    "tables_initializer", "initialize_all_tables", "initializers.tables_initializer",
    "variables_initializer", "initialize_variables", "initializers.variables",
    "saved_model.main_op.main_op", "saved_model.main_op", "saved_model.main_op_with_restore",
    "saved_model.main_op.main_op_with_restore",
})  # fmt: skip
VARIABLES = frozenset({"Variable", "get_variable", "VariableV1", "contrib.framework.variable", "get_local_variable"})
TABLES = frozenset({
    "contrib.lookup.index_table_from_file", "contrib.lookup.index_table_from_tensor",
    "contrib.lookup.index_to_string_table_from_file", "contrib.lookup.index_to_string_table_from_tensor",
    "contrib.lookup.HashTable", "lookup.StaticHashTable", "contrib.lookup.MutableHashTable",
    "lookup.StaticVocabularyTable", "lookup.experimental.DenseHashTable", "contrib.lookup.IdTableWithHashBuckets",
})  # fmt: skip
PLACEHOLDERS = frozenset({"placeholder", "placeholder_with_default", "sparse_placeholder", "sparse.placeholder"})
_ASSIGNS = frozenset({"assign", "assign_add", "assign_sub", "scatter_update", "scatter_add", "state_ops.assign"})
_ASSIGN_METHODS = frozenset({"assign", "assign_add", "assign_sub", "scatter_update", "scatter_add", "scatter_sub"})
_SIGNATURE_SUFFIXES = ("_signature_def",)
_CONFIG_SUFFIXES = ("Feature", "Initializer", "_initializer", "Config", "ConfigProto", "GPUOptions", "TensorShape",
                    "TensorSpec", "Dimension", "as_dtype", "as_bytes", "as_text", "as_str", "as_str_any")  # fmt: skip
_OUTSIDE_GRAPH = ("app", "flags", "gfile", "logging", "io.gfile", "compat", "sysconfig", "python_io", "errors",
                  "estimator", "test", "python.lib", "python.platform", "GraphKeys", "version", "Examples",
                  "train.Example", "train.Features", "train.Feature", "train.BytesList", "train.FloatList",
                  "train.Int64List", "train.global_step", "train.latest_checkpoint", "train.get_checkpoint_state", "train.checkpoint_exists",
                  "train.list_variables", "train.load_checkpoint", "train.load_variable", "train.NewCheckpointReader", "train.Coordinator", "train.start_queue_runners",
                  "make_tensor_proto", "make_ndarray", "reset_default_graph", "set_random_seed", "random.set_seed",
                  "random.set_random_seed", "disable_eager_execution", "disable_v2_behavior", "enable_eager_execution",
                  "enable_v2_behavior", "disable_v2_tensorshape", "enable_resource_variables", "random_seed",
                  "disable_resource_variables", "executing_eagerly", "io.read_file_to_string", "io.TFRecordWriter",
                  "name_scope", "variable_scope", "device", "control_dependencies", "init_scope", "summary.FileWriter",
                  "nest", "dtypes", "DType", "math.RoundingMode", "saved_model.constants", "add_to_collection",
                  "get_collection", "lite", "VERSION", "__version__", "AUTO_REUSE", "tools", "examples", "core",
                  "profiler", "train.write_graph", "io.write_graph")  # fmt: skip


class Kinds:
    """Tells the kind of the values and expressions of a region."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._values: dict[Value, Kind] = {}
        self._active: set[Value] = set()
        self._circular = False
        self._helpers: dict[ast.FunctionDef, bool] = {}
        self._keeping: set[tuple[str, str]] = set()

    def value(self, value: Value) -> Kind:
        """The kind of a value."""
        if value in self._values:
            return self._values[value]
        if value in self._active:
            # Round in a circle: it adds nothing of its own to what the others are.
            self._circular = True
            return Kind.PYTHON
        outermost = not self._active
        self._active.add(value)
        kind = self._kind(value)
        self._active.discard(value)
        if outermost or not self._circular:
            self._values[value] = kind
        if outermost:
            self._circular = False
        return kind

    def _kind(self, value: Value) -> Kind:
        match value:
            case Definition(step=step) if isinstance(step.node, (ast.For, ast.AsyncFor)):
                kind = self.of(step.node.iter)
                return Kind.TENSOR if kind in IN_GRAPH else Kind.PYTHON
            case Definition(expression=None, previous=previous):
                # `tensors.reverse()` leaves a list of tensors.
                return Kind.PYTHON if previous is None else self.value(previous)
            case Definition(expression=ast.expr() as expression, known=known, previous=previous, path=path):
                kind = self.of(expression)
                if not known and previous is None:
                    return self._entered(expression, kind)
                if previous is not None:
                    before = self.value(previous)
                    if before in IN_GRAPH or kind in IN_GRAPH:
                        return Kind.TENSOR
                    return Kind.SIGNATURE if kind in (Kind.INFO, Kind.SIGNATURE) else before
                if path and isinstance(expression, (ast.Tuple, ast.List)) and len(path) == 1:
                    elements = expression.elts
                    if path[0] < len(elements):
                        return self.of(elements[path[0]])
                return kind
            case Merge(inputs=inputs):
                kinds = {self.value(item) for item in inputs if not isinstance(item, Undefined)}
                if len(kinds) == 1:
                    return kinds.pop()
                return Kind.TENSOR if kinds & IN_GRAPH else Kind.PYTHON
            case Outer(name=name):
                return self._outer(name)
            case Parameter():
                return Kind.PYTHON
        return Kind.PYTHON

    def _entered(self, expression: ast.expr, kind: Kind) -> Kind:
        """The kind of `x` in `with EXPRESSION as x`."""
        match expression:
            case ast.Call(
                func=ast.Attribute(value=base, attr="as_default" | "session" | "cached_session" | "test_session")
            ):
                return self.of(base) if self.of(base) in (Kind.GRAPH, Kind.SESSION) else Kind.SESSION
            case ast.Call() if (self.symbol(expression) or "").endswith(("variable_scope", "name_scope")):
                return Kind.TENSOR
        return kind

    def _outer(self, name: str) -> Kind:
        """A name of the module that a function reads: the kind of what the module binds to it."""
        resolved = self.region.symbols.resolve(ast.Name(name, ast.Load()), self.region.scope)
        return Kind.CONFIG if resolved is not None else Kind.PYTHON

    def of(self, expression: ast.expr) -> Kind:
        """The kind of an expression of the region."""
        match expression:
            case ast.Name():
                value = self.region.value_of.get(expression)
                return self.value(value) if value is not None else Kind.PYTHON
            case ast.Constant():
                return Kind.PYTHON
            case ast.Call():
                return self._call(expression)
            case ast.Attribute(value=base, attr=attribute):
                if self.region.resolve(expression) is not None:
                    return Kind.CONFIG
                kind = self.of(base)
                if kind is Kind.SESSION and attribute == "graph":
                    return Kind.GRAPH
                if kind is Kind.PYTHON and isinstance(base, ast.Name) and self._kept_on(base.id, attribute):
                    return Kind.TENSOR
                if kind in IN_GRAPH:
                    if attribute in ("name", "dtype", "op", "device") and kind is not Kind.LAYER:
                        return Kind.TENSOR
                    return Kind.TENSOR if attribute != "initializer" else Kind.INIT
                return kind if kind is Kind.GRAPH else Kind.PYTHON
            case ast.Lambda():
                return Kind.PYTHON
        kinds = {self.of(child) for child in _operands(expression)}
        if Kind.INFO in kinds or Kind.SIGNATURE in kinds:
            return Kind.SIGNATURE
        if kinds & IN_GRAPH:
            return Kind.TENSOR
        return Kind.PYTHON

    def _kept_on(self, name: str, attribute: str) -> bool:
        """Whether a tensor is set as an attribute of an object anywhere in the region."""
        if (name, attribute) in self._keeping:
            # `self.x = f(self.x)` adds nothing of its own.
            return False
        self._keeping.add((name, attribute))
        try:
            return self._is_set_to_tensor(name, attribute)
        finally:
            self._keeping.discard((name, attribute))

    def _is_set_to_tensor(self, name: str, attribute: str) -> bool:
        for step in self.region.steps:
            match step.node:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner), attr=found)], value=value):
                    if owner == name and found == attribute and self.of(value) in IN_GRAPH:
                        return True
        return False

    def symbol(self, call: ast.Call) -> str | None:
        """The canonical TF1 name of what a call calls."""
        return self.region.resolve(call.func)

    def _call(self, call: ast.Call) -> Kind:
        name = self.symbol(call)
        if name is not None:
            return self._tensorflow(name, call)
        if isinstance(call.func, ast.Name) and self._graph_lambda(call.func):
            return Kind.TENSOR
        if isinstance(call.func, ast.Attribute):
            owner = self.of(call.func.value)
            method = call.func.attr
            answer = self._method(owner, method)
            if answer is not None:
                return answer
            if owner in (Kind.INFO, Kind.SIGNATURE):
                # `infos.copy()`, `infos.items()`
                return Kind.SIGNATURE
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        kinds = {self.of(argument) for argument in arguments}
        if kinds & {Kind.INFO, Kind.SIGNATURE}:
            return Kind.SIGNATURE
        if any(self._graph_function(argument) for argument in arguments):
            # `map(tf.square, values)`
            return Kind.TENSOR
        function = self.region.function(call.func)
        if function is not None and _returns_signature(function):
            return Kind.SIGNATURE
        if kinds & IN_GRAPH and Kind.SESSION not in kinds:
            return Kind.TENSOR
        if function is not None and self.builds_graph(function):
            return Kind.TENSOR
        if isinstance(call.func, ast.Attribute) and self.of(call.func.value) in IN_GRAPH:
            return Kind.TENSOR
        return Kind.PYTHON

    def _graph_lambda(self, function: ast.Name) -> bool:
        """Whether a name is a lambda of the region that adds to a graph."""
        match self.region.value_of.get(function):
            case Definition(expression=ast.Lambda(body=body), known=True):
                return any(
                    self.of(node) in IN_GRAPH
                    for node in walk(body)
                    if isinstance(node, (ast.Name, ast.Call)) and node is not body
                ) or (isinstance(body, ast.Call) and self.of(body) in IN_GRAPH)
        return False

    def _graph_function(self, argument: ast.expr) -> bool:
        """Whether an argument is one of TensorFlow's functions that add to a graph."""
        name = self.region.resolve(argument)
        if name is None or not isinstance(argument, (ast.Attribute, ast.Name)):
            return False
        return (
            name.rpartition(".")[2].islower()
            and self.tensorflow_in_helper(name)
            and name in table().same | set(table().adapted)
            and (not name.startswith(("train.", "saved_model.", "keras.")) and name not in DTYPE_NAMES)
        )

    def _method(self, owner: Kind, method: str) -> Kind | None:
        match owner:
            case Kind.VARIABLE if method in _ASSIGN_METHODS:
                return Kind.ASSIGN
            case Kind.SESSION:
                return Kind.GRAPH if method == "graph" else Kind.PYTHON
            case Kind.GRAPH:
                return Kind.TENSOR if method.startswith("get_tensor") else Kind.GRAPH
            case Kind.TRAIN:
                return Kind.PYTHON if method == "run" else Kind.TRAIN
            case Kind.SAVER | Kind.BUILDER:
                return Kind.PYTHON
            case _ if owner in IN_GRAPH and method in ("run", "eval", "load", "get_shape", "as_list"):
                return Kind.PYTHON if method in ("run", "eval", "load") else Kind.TENSOR
        return None

    def _tensorflow(self, name: str, call: ast.Call) -> Kind:
        last = name.rpartition(".")[2]
        if name in PLACEHOLDERS:
            return Kind.PLACEHOLDER
        if name in VARIABLES or name.startswith(
            ("train.get_or_create_global_step", "train.get_global_step", "train.create_global_step")
        ):
            return Kind.VARIABLE
        if name in BUILDERS:
            return Kind.BUILDER
        if name in _SESSIONS:
            return Kind.SESSION
        if name in ("Graph", "get_default_graph"):
            return Kind.GRAPH
        if name in _INITS:
            return Kind.INIT
        if name in TABLES or last.startswith(("index_table_from_", "index_to_string_table_from_")):
            return Kind.TABLE
        if name.startswith("keras.layers.") and last[:1].isupper():
            return Kind.LAYER
        if name in _ASSIGNS:
            return Kind.ASSIGN
        if name.startswith("train.") and last.endswith("Optimizer"):
            return Kind.TRAIN
        if name == "train.Saver":
            return Kind.SAVER
        if last == "build_tensor_info":
            return Kind.INFO
        if name.startswith("saved_model."):
            return Kind.SIGNATURE if last.endswith(_SIGNATURE_SUFFIXES) else Kind.CONFIG
        if last.endswith(_CONFIG_SUFFIXES):
            return Kind.CONFIG
        if name == "group" or name == "no_op":
            kinds = {self.of(argument) for argument in call.args}
            return Kind.INIT if kinds <= {Kind.INIT} and name == "group" else Kind.TENSOR
        if any(name == outside or name.startswith(outside + ".") for outside in _OUTSIDE_GRAPH):
            return Kind.CONFIG
        if last[:1].isupper() and name.startswith(("contrib.lookup.", "lookup.")):
            return Kind.TENSOR
        return Kind.TENSOR

    def builds_graph(self, function: ast.FunctionDef) -> bool:
        """Whether a function of this file makes graph nodes when it is called, or calls one that does."""
        if function in self._helpers:
            return self._helpers[function]
        self._helpers[function] = False
        self._helpers[function] = self._builds(function)
        return self._helpers[function]

    def _builds(self, function: ast.FunctionDef) -> bool:
        symbols = self.region.symbols
        scope = symbols.scope_of(function)
        for node in walk(function):
            if not isinstance(node, ast.Call):
                continue
            name = symbols.resolve(node.func, scope)
            if name is not None:
                if self.tensorflow_in_helper(name):
                    return True
                continue
            callee = symbols.function(node.func, scope)
            if callee is not None and callee is not function and self.builds_graph(callee):
                return True
        return False

    def tensorflow_in_helper(self, name: str) -> bool:
        """Whether calling a TensorFlow symbol adds to a graph, as far as its name tells."""
        last = name.rpartition(".")[2]
        if last.endswith(_CONFIG_SUFFIXES) or name.startswith("saved_model."):
            return False
        return not any(name == outside or name.startswith(outside + ".") for outside in _OUTSIDE_GRAPH)


def calls(node: ast.AST) -> list[ast.Call]:
    """Every call in a piece of code, in the order of the source."""
    return [child for child in walk(node) if isinstance(child, ast.Call)]


def header(step: Step) -> list[ast.AST]:
    """The expressions a step itself evaluates: all of a simple statement, the head of a compound one."""
    return header_of(step.node)


def header_of(node: ast.stmt) -> list[ast.AST]:
    """The same for a statement."""
    match node:
        case ast.If(test=test) | ast.While(test=test):
            return [test]
        case ast.For(iter=iterable) | ast.AsyncFor(iter=iterable):
            return [iterable]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [item.context_expr for item in items]
        case ast.Try() | ast.TryStar() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Match():
            return []
    return [node]


def _operands(expression: ast.AST) -> list[ast.expr]:
    found: list[ast.expr] = []
    for child in children(expression):
        if isinstance(child, ast.expr):
            found.append(child)
        elif isinstance(child, (ast.comprehension, ast.keyword, ast.FormattedValue)):
            found += _operands(child)
    return found


def _returns_signature(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id).endswith("_signature_def")
        for node in walk(function)
    )
