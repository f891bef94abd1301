"""What does a signature need? The backward slice from its outputs to its inputs, variables and Python values."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field

from migrate.source.behind import calls_behind
from migrate.source.flow import (
    LOOPS,
    TRIES,
    WITHS,
    Definition,
    Fact,
    Merge,
    Outer,
    Parameter,
    Region,
    Step,
    Undefined,
    Value,
    leaves_loop,
)
from migrate.source.kinds import IN_GRAPH, STATE, VARIABLES, Kind, Kinds, header
from migrate.source.purity import Purity
from migrate.source.symbols import Assigned, Scope
from migrate.source.syntax import children, walk
from migrate.source.unprovable import (
    CONTROL_FLOW,
    ELSEWHERE,
    INPUT,
    NO_EQUAL,
    SIDE_EFFECTS,
    VARIABLE,
    Unprovable,
)

_CALLED_BY_TENSORFLOW = {
    "map_fn": ((0, "fn"),),
    "foldl": ((0, "fn"),),
    "foldr": ((0, "fn"),),
    "scan": ((0, "fn"),),
    "cond": ((1, "true_fn"), (2, "false_fn")),
    "while_loop": ((0, "cond"), (1, "body")),
}
"""Arguments that are functions, by position and keyword."""
_CALLED_BY_PYTHON = {"map": ((0, "func"),), "filter": ((0, "function"),)}
_PLAIN_MODULES = frozenset(
    {"numpy", "math", "collections", "os", "json", "time", "datetime", "argparse", "random", "re"}
)
"""Modules whose objects build no graph."""
_PLAIN_BUILTINS = frozenset({"dict", "list", "set", "frozenset", "tuple", "str", "bytes", "int", "float", "range", "zip",
                             "enumerate", "sorted", "reversed", "map", "filter", "open", "iter"})  # fmt: skip
_PYTHON_FUNCTIONS = frozenset({"py_func", "py_function", "numpy_function"})
_NOT_SAVED = {
    "py_func": "tf.py_func runs Python code, which a SavedModel does not hold",
    "py_function": "tf.py_function runs Python code, which a SavedModel does not hold",
    "numpy_function": "tf.numpy_function runs Python code, which a SavedModel does not hold",
    "Print": "tf.Print is gone in TF2; use tf.print",
    "import_graph_def": "it imports a GraphDef",
    "train.import_meta_graph": "it imports a MetaGraph",
    "load_op_library": "it loads a custom op library",
}
_STATEFUL_PREFIXES = ("FIFOQueue", "RandomShuffleQueue", "PaddingFIFOQueue", "queue.", "train.batch", "train.shuffle_batch",
                      "TFRecordReader", "WholeFileReader", "TextLineReader", "contrib.data", "metrics.",
                      "contrib.metrics", "data.")  # fmt: skip


@dataclass(slots=True, eq=False)
class Slice:
    """What some expressions of a region need.

    Attributes:
        steps: Steps that make tensors, headers of compound statements among them.
        states: Definitions of variables, tables and layers, or of containers of them.
        inline_states: Calls that make such a thing inside a larger expression.
        python: Python values: what the code computed with plain Python, or gets as an argument.
        functions: Functions of this file that are called and add to the graph.
        parameters: The names of the signature's inputs that are really used.
    """

    steps: set[Step] = field(default_factory=set)
    states: set[Definition] = field(default_factory=set)
    inline_states: list[ast.Call] = field(default_factory=list)
    python: set[Value] = field(default_factory=set)
    functions: set[ast.FunctionDef] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    visited: set[Value] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Cuts:
    """Where a slice ends: the tensors that a signature feeds.

    Attributes:
        expressions: Keys of expressions (`expression_key`) that are fed.
        calls: Placeholder calls that are fed.
    """

    expressions: dict[str, str] = field(default_factory=dict)
    calls: dict[ast.Call, str] = field(default_factory=dict)

    def parameter(self, node: ast.AST, region: Region) -> str | None:
        """The name of the input that feeds an expression."""
        if isinstance(node, ast.Call):
            return self.calls.get(node)
        if isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)) and self.expressions:
            key = expression_key(node, region)
            return self.expressions.get(key) if key else None
        return None


def expression_key(node: ast.expr, region: Region) -> str | None:
    """Equal keys mean the same value; None for expressions with calls."""
    if any(isinstance(child, ast.Call) for child in walk(node)):
        return None
    names = ",".join(f"{id(value)}" for _, value in region.names(node))
    if isinstance(node, ast.Name):
        return f"name|{names}"
    return f"{ast.dump(node)}|{names}"


def state_call(definition: Definition, kinds: Kinds) -> ast.expr | None:
    """The call that makes the variable, table or layer a definition stands for; a container of such calls too."""
    expression = definition.expression
    if expression is None or not definition.known or definition.previous is not None:
        return None
    if definition.path and isinstance(expression, (ast.Tuple, ast.List)):
        if len(definition.path) != 1 or definition.path[0] >= len(expression.elts):
            return None
        expression = expression.elts[definition.path[0]]
    elif definition.path:
        return None
    if isinstance(expression, ast.Call) and makes_state(expression, kinds):
        return expression
    return expression if state_leaves(expression, kinds) else None


def makes_state(call: ast.Call, kinds: Kinds) -> bool:
    """Whether a call is one of TensorFlow's that makes a variable, a table or a Keras layer."""
    return kinds.symbol(call) is not None and kinds.of(call) in STATE


def state_leaves(expression: ast.expr, kinds: Kinds) -> list[ast.Call]:
    """The calls in a dictionary, list or tuple literal of variables; empty where it holds anything else."""
    match expression:
        case ast.Dict(keys=keys, values=values) if values and all(isinstance(key, ast.Constant) for key in keys):
            elements = values
        case ast.List(elts=elements) | ast.Tuple(elts=elements) if elements:
            pass
        case _:
            return []
    leaves: list[ast.Call] = []
    for element in elements:
        if isinstance(element, ast.Call) and makes_state(element, kinds):
            leaves.append(element)
            continue
        inner = state_leaves(element, kinds)
        if not inner:
            return []
        leaves += inner
    return leaves


class Slicer:
    """Makes slices of a region, for one export site."""

    def __init__(self, kinds: Kinds, purity: Purity, facts: tuple[Fact, ...], site: Iterable[Step]) -> None:
        self.kinds = kinds
        self.purity = purity
        self.region = kinds.region
        self.facts = facts
        self._around = {branch.step for step in site for branch in step.branches}

    def slice(self, expressions: Iterable[ast.AST], cuts: Cuts) -> Slice:
        """The slice back from expressions to what feeds them.

        Raises:
            Unprovable: Where a dependency cannot be carried into a function of a module.
        """
        found = Slice()
        for expression in expressions:
            self._scan(expression, cuts, found)
        return found

    def _scan(self, node: ast.AST, cuts: Cuts, found: Slice) -> None:
        parameter = cuts.parameter(node, self.region)
        if parameter is not None:
            found.parameters.add(parameter)
            return
        refuse_version_tests(node, self.region)
        match node:
            case ast.Name(ctx=ast.Load()):
                value = self.region.value_of.get(node)
                if value is not None:
                    self._need(value, node, cuts, found)
                return
            case ast.Compare(left=left, ops=operators, comparators=others) if any(
                isinstance(operator, (ast.In, ast.NotIn)) for operator in operators
            ):
                if any(self.kinds.of(part) in IN_GRAPH for part in (left, *others)):
                    raise Unprovable(
                        NO_EQUAL, "tensors are looked for in a container, which TF1 does by identity", node
                    )
            case ast.Dict(keys=keys) if any(key is not None and self.kinds.of(key) in IN_GRAPH for key in keys):
                raise Unprovable(NO_EQUAL, "tensors are keys of a dictionary, which TF2's cannot be", node)
            case ast.Set(elts=elements) if any(self.kinds.of(element) in IN_GRAPH for element in elements):
                raise Unprovable(NO_EQUAL, "tensors are elements of a set, which TF2's cannot be", node)
            case ast.Attribute(value=owner, attr="name" | "op") if self.kinds.of(owner) in IN_GRAPH:
                raise Unprovable(
                    NO_EQUAL, f"the name of a tensor ({ast.unparse(node)}) is used; TF2 gives others", node
                )
            case ast.Attribute(value=owner, attr="dtype") if self.kinds.of(owner) is Kind.VARIABLE:
                raise Unprovable(NO_EQUAL, "the dtype of a variable is used, which is a reference's in TF1", node)
            case ast.Attribute(value=ast.Name() as owner) if (
                self.kinds.of(node) is Kind.TENSOR and self.kinds.of(owner) is Kind.PYTHON
            ):
                raise Unprovable(ELSEWHERE, f"'{ast.unparse(node)}' is kept on an object", node)
            case ast.Attribute(value=owner, attr="initial_value") if self.kinds.of(owner) is Kind.VARIABLE:
                raise Unprovable(VARIABLE, "a variable's initial_value is used, which TF2 does not keep", node)
            case ast.Compare(left=left, ops=operators, comparators=others) if any(
                isinstance(operator, (ast.Eq, ast.NotEq)) for operator in operators
            ):
                if any(self.kinds.of(part) in IN_GRAPH and not _is_static(part) for part in (left, *others)):
                    raise Unprovable(NO_EQUAL, "== compares tensors by identity in TF1, by value in TF2", node)
            case ast.Call():
                if makes_state(node, self.kinds):
                    found.inline_states.append(node)
                    return
                if not self._check_call(node, cuts, found):
                    return
        for child in children(node):
            self._scan(child, cuts, found)

    def _check_call(self, call: ast.Call, cuts: Cuts, found: Slice) -> bool:
        """Refuses calls that cannot be moved; whether the arguments are still to be looked at."""
        name = self.kinds.symbol(call)
        self._check_functions(name, call)
        if name is not None:
            return self._check_symbol(name, call, cuts, found)
        kind = self.kinds.of(call)
        if kind is Kind.ASSIGN:
            raise Unprovable(SIDE_EFFECTS, f"running {ast.unparse(call.func)} changes a variable", call)
        if isinstance(call.func, ast.Attribute):
            owner = self.kinds.of(call.func.value)
            if owner in (Kind.SESSION, Kind.SAVER, Kind.GRAPH, Kind.BUILDER):
                raise Unprovable(ELSEWHERE, f"it needs {ast.unparse(call.func)} of a session or graph", call)
        if self.kinds.of(call.func) is Kind.LAYER:
            return True
        function = self.region.function(call.func)
        if function is not None and (kind in IN_GRAPH or self.kinds.builds_graph(function)):
            self._check_helper(function, call, found)
        elif function is None and kind in IN_GRAPH and not isinstance(call.func, ast.Attribute):
            owner_scope = self.region.scope.owner(call.func.id) if isinstance(call.func, ast.Name) else None
            # What is bound nowhere is Python's own, or comes from `from x import *`.
            unknown = isinstance(call.func, ast.Name) and not hasattr(builtins, call.func.id)
            if owner_scope is not None or unknown or not isinstance(call.func, (ast.Name, ast.Lambda)):
                raise Unprovable(ELSEWHERE, f"{ast.unparse(call.func)} is not a function of this file", call)
        elif function is None and kind in IN_GRAPH and self._foreign(call.func):
            raise Unprovable(ELSEWHERE, f"{ast.unparse(call.func)} comes from another module", call)
        return True

    def _check_functions(self, name: str | None, call: ast.Call) -> None:
        """Refuses functions of other modules where TensorFlow or Python calls them."""
        if name is None and isinstance(call.func, ast.Name) and self.region.scope.owner(call.func.id) is None:
            places: tuple[tuple[int, str], ...] = _CALLED_BY_PYTHON.get(call.func.id, ())
        else:
            places = _CALLED_BY_TENSORFLOW.get(name or "", ())
        for position, keyword in places:
            given = next((k.value for k in call.keywords if k.arg == keyword), None)
            if given is None and position < len(call.args):
                given = call.args[position]
            while isinstance(given, ast.Name):
                value = self.region.value_of.get(given)
                if not isinstance(value, Definition) or not value.known or value.expression is None:
                    break
                given = value.expression
            if given is None or isinstance(given, (ast.Lambda, ast.Constant)) or self.kinds.of(given) in IN_GRAPH:
                continue
            if self.region.resolve(given) is not None or self.region.function(given) is not None:
                continue
            if (
                isinstance(given, ast.Name)
                and self.region.scope.owner(given.id) is None
                and hasattr(builtins, given.id)
            ):
                # Python's own.
                continue
            raise Unprovable(ELSEWHERE, f"{ast.unparse(given)} is not a function of this file", given)

    def _foreign(self, function: ast.expr) -> bool:
        """Whether an attribute call goes to another module (`model.inference(x)`), not to a tensor's method."""
        base = function
        while isinstance(base, ast.Attribute):
            base = base.value
        if isinstance(base, ast.Call) and self.kinds.of(base) not in IN_GRAPH and self.kinds.symbol(base) is None:
            return self._is_class(base.func)
        if not isinstance(base, ast.Name):
            return False
        value = self.region.value_of.get(base)
        qualified = self.region.symbols.qualified(function, self.region.scope) or ""
        if qualified.partition(".")[0] in ("numpy", "math"):
            return False
        if isinstance(value, Definition) and base is not function and self._is_object(value):
            return True
        return isinstance(value, (Outer, Parameter)) and self.kinds.symbol(ast.Call(function, [], [])) is None

    def _is_object(self, value: Definition) -> bool:
        """Whether a value is an object of some class, whose methods may build a graph of their own."""
        if self.kinds.value(value) is not Kind.PYTHON or not isinstance(value.expression, ast.Call):
            return False
        return self._is_class(value.expression.func)

    def _is_class(self, made: ast.expr) -> bool:
        """Whether calling this may make an object of a class that is not Python's own."""
        root = made
        while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
            root = root.func if isinstance(root, ast.Call) else root.value
        name = self.region.symbols.qualified(made, self.region.scope) or ""
        if name.partition(".")[0] in _PLAIN_MODULES:
            return False
        if not isinstance(root, ast.Name):
            return False
        # `getattr(models, name)()` may be anything; `dict()` may not.
        return self.region.scope.owner(root.id) is not None or root.id not in _PLAIN_BUILTINS

    def _check_symbol(self, name: str, call: ast.Call, cuts: Cuts, found: Slice) -> bool:
        if name in _NOT_SAVED:
            raise Unprovable(SIDE_EFFECTS, _NOT_SAVED[name], call, final=name in _PYTHON_FUNCTIONS)
        if name.startswith(_STATEFUL_PREFIXES):
            raise Unprovable(SIDE_EFFECTS, f"tf.{name} keeps state outside variables, or reads files", call)
        if name.startswith("python."):
            raise Unprovable(NO_EQUAL, f"tensorflow.{name} is private to TensorFlow", call)
        if name == "case" and call.args and isinstance(call.args[0], ast.Dict):
            raise Unprovable(NO_EQUAL, "tf.case with a dictionary: TF2's tensors cannot be its keys", call)
        kind = self.kinds.of(call)
        if kind is Kind.PLACEHOLDER:
            if name != "placeholder_with_default":
                what = "a sparse placeholder" if "sparse" in name else "the placeholder"
                raise Unprovable(INPUT, f"{what} on line {call.lineno} is needed and no signature feeds it", call)
            if self._shape_is_read(call):
                raise Unprovable(
                    INPUT, f"the static shape of the unfed placeholder on line {call.lineno} is used", call
                )
            default = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "input"), None)
            if default is not None:
                self._scan(default, cuts, found)
            return False
        if kind is Kind.ASSIGN:
            raise Unprovable(SIDE_EFFECTS, f"running tf.{name} changes a variable", call)
        if kind is Kind.TRAIN:
            raise Unprovable(SIDE_EFFECTS, f"an output depends on tf.{name}", call)
        if kind in (Kind.SESSION, Kind.GRAPH, Kind.SAVER, Kind.BUILDER):
            raise Unprovable(ELSEWHERE, f"a tensor is made by tf.{name}", call)
        return True

    def _shape_is_read(self, call: ast.Call) -> bool:
        """Whether Python code looks at the shape of a placeholder, which its default may know better."""
        for step in self.region.steps:
            for part in header(step):
                for node in walk(part):
                    if (
                        isinstance(node, ast.Attribute)
                        and node.attr in ("shape", "get_shape")
                        and isinstance(node.value, ast.Name)
                    ):
                        value = self.region.value_of.get(node.value)
                        if isinstance(value, Definition) and value.expression is call:
                            return True
        return False

    def _check_helper(self, function: ast.FunctionDef, call: ast.Call, found: Slice) -> None:
        """A helper that only computes tensors may stay where it is and be called."""
        symbols = self.region.symbols
        if (
            symbols.module.bindings.get(function.name) is None
            or symbols.function(call.func, symbols.module) is not function
        ):
            raise Unprovable(CONTROL_FLOW, f"{function.name} is a nested function", call)
        for inner in helper_functions(function, self.kinds):
            self._globals_in_helper(inner)
            scope = symbols.scope_of(inner)
            for node in walk(inner):
                if not isinstance(node, ast.Call):
                    if isinstance(node, (ast.Global, ast.Nonlocal, ast.Yield, ast.Await)):
                        raise Unprovable(ELSEWHERE, f"the helper {inner.name} is more than a plain function", node)
                    continue
                name = symbols.resolve(node.func, scope)
                if name is None and self._has_effects(node, inner):
                    raise Unprovable(
                        ELSEWHERE,
                        f"the helper {inner.name} may have effects ({ast.unparse(node.func)})",
                        node,
                    )
                if name is None:
                    if isinstance(node.func, ast.Attribute) and node.func.attr in (
                        "assign",
                        "assign_add",
                        "assign_sub",
                    ):
                        raise Unprovable(SIDE_EFFECTS, f"the helper {inner.name} changes a variable", node)
                    continue
                reason = self._state_in_helper(name)
                if reason:
                    raise Unprovable(ELSEWHERE, f"the helper {inner.name} {reason}", node)
            found.functions.add(inner)

    def _has_effects(self, call: ast.Call, function: ast.FunctionDef) -> bool:
        """Whether a call in a helper may do more than compute; a function is traced when TF2 likes, and how often."""
        symbols = self.region.symbols
        scope = symbols.scope_of(function)
        root = call.func
        while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        if not isinstance(root, ast.Name) or root.id in scope.bindings:
            # A method of something the helper made or was given: a tensor, or a list of its own.
            return isinstance(root, ast.Name) and isinstance(call.func, ast.Name)
        if symbols.function(call.func, scope) is not None:
            return False
        return not self.purity.harmless(call, scope)

    def _globals_in_helper(self, function: ast.FunctionDef) -> None:
        """A helper may not use the graph's tensors through names of the module."""
        for node in walk(function):
            refuse_version_tests(node, self.region)
        refuse_dimensions(function, self.region.symbols.scope_of(function), self.region)
        scope = self.region.symbols.scope_of(function)
        for node in walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in scope.bindings:
                made = [d for step in self.region.steps for d in step.writes if d.name == node.id]
                if isinstance(self.region.scope.node, ast.Module) and any(
                    self.kinds.value(d) in IN_GRAPH for d in made
                ):
                    raise Unprovable(ELSEWHERE, f"the helper {function.name} uses '{node.id}' of the module", node)
                if not isinstance(self.region.scope.node, ast.Module):
                    self._need_outer(Outer(node.id), node)
                if not self.purity.stable_global(node.id) or self.purity.declared_global(node.id):
                    raise Unprovable(ELSEWHERE, f"the helper {function.name} reads '{node.id}', which changes", node)

    def _refuse_static_shapes(self, step: Step) -> None:
        """TF1's dimensions are objects, TF2's are numbers or None."""
        for part in header(step):
            refuse_dimensions(part, self.region.scope, self.region)

    def _state_in_helper(self, name: str) -> str | None:
        if name in VARIABLES or name.startswith(("layers.", "contrib.", "keras.", "nn.rnn_cell", "nn.dynamic_rnn")):
            return f"makes variables (tf.{name})"
        if name.startswith("placeholder") or name == "sparse_placeholder":
            return "makes placeholders"
        if "table" in name.rpartition(".")[2] or name.startswith("lookup."):
            return f"makes a lookup table (tf.{name})"
        if name in _NOT_SAVED or name.startswith(_STATEFUL_PREFIXES):
            return f"uses tf.{name}"
        if name in ("add_to_collection", "get_collection", "get_default_graph", "Graph", "Session", "assign"):
            return f"uses tf.{name}"
        return None

    def _need(self, value: Value, node: ast.Name, cuts: Cuts, found: Slice) -> None:
        if value in found.visited:
            return
        found.visited.add(value)
        symbol = self.region.resolve(node)
        if symbol is not None and not symbol.startswith(("flags.", "app.")):
            # A name for a part of TensorFlow is spelled out where it goes.
            return
        kind = self.kinds.value(value)
        if isinstance(value, Definition) and self._collects(value):
            self._need_step(value.step, cuts, found)
            return
        match value:
            case Undefined():
                raise Unprovable(CONTROL_FLOW, f"'{value.name}' may have no value here", node)
            case Outer():
                self._need_outer(value, node)
            case Parameter():
                found.python.add(value)
            case Definition() | Merge() if kind in (Kind.PYTHON, Kind.CONFIG):
                if isinstance(value, Definition) and isinstance(value.step.node, (ast.FunctionDef, ast.ClassDef)):
                    raise Unprovable(CONTROL_FLOW, f"{value.name} is defined inside the function", node)
                found.python.add(value)
            case Definition():
                self._need_definition(value, kind, node, cuts, found)
            case Merge():
                self._need_merge(value, node, cuts, found)

    def _collects(self, value: Definition) -> bool:
        """`layers = []`, to which tensors are added."""
        if not isinstance(value.expression, (ast.List, ast.Dict)) or value.previous is not None or value.path:
            return False
        if not any(
            made.previous is value or (isinstance(made.previous, Merge) and value in made.previous.inputs)
            for step in self.region.steps
            for made in step.writes
            if self.kinds.value(made) in IN_GRAPH
        ):
            return False
        if self.purity.handed_on(value):
            raise Unprovable(CONTROL_FLOW, f"'{value.name}' may be changed by other code", value.step.node)
        return True

    def _need_outer(self, value: Outer, node: ast.Name) -> None:
        if self.purity.declared_global(value.name):
            raise Unprovable(ELSEWHERE, f"'{value.name}' is set by a function of the file", node)
        for binding in self.region.symbols.module.bindings.get(value.name, []):
            if isinstance(binding, Assigned):
                for part in walk(binding.value):
                    refuse_version_tests(part, self.region)
            if isinstance(binding, Assigned) and _builds_tensor(binding.value, self.kinds):
                raise Unprovable(ELSEWHERE, f"'{value.name}' is made outside this function", node)

    def _need_definition(self, value: Definition, kind: Kind, node: ast.Name, cuts: Cuts, found: Slice) -> None:
        if state_call(value, self.kinds) is not None:
            found.states.add(value)
            self._need_place(value.step, cuts, found, state=True)
            return
        if kind in (
            Kind.SESSION,
            Kind.GRAPH,
            Kind.SAVER,
            Kind.BUILDER,
            Kind.INFO,
            Kind.SIGNATURE,
            Kind.TRAIN,
        ):
            raise Unprovable(ELSEWHERE, f"a signature depends on '{value.name}', a {kind.name.lower()}", node)
        if kind in (Kind.ASSIGN, Kind.INIT):
            raise Unprovable(SIDE_EFFECTS, f"a signature output runs '{value.name}', which changes variables", node)
        if isinstance(value.expression, (ast.List, ast.Dict, ast.ListComp, ast.DictComp)) and self.purity.handed_on(
            value
        ):
            raise Unprovable(CONTROL_FLOW, f"'{value.name}' may be changed by other code", node)
        if value.step.inlined is not None:
            raise Unprovable(ELSEWHERE, f"'{value.name}' is made in a helper function", node)
        self._need_step(value.step, cuts, found)
        if value.previous is not None:
            self._need(value.previous, node, cuts, found)

    def _need_step(self, step: Step, cuts: Cuts, found: Slice) -> None:
        if step in found.steps:
            return
        found.steps.add(step)
        node = step.node
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            raise Unprovable(CONTROL_FLOW, f"{node.name} is defined inside the function", node)
        if isinstance(node, LOOPS) and (node.orelse or leaves_loop(node)):
            raise Unprovable(CONTROL_FLOW, "the graph is built in a loop with break, continue or else", node)
        for part in header(step):
            if isinstance(part, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
                if part.value is not None:
                    self._scan(part.value, cuts, found)
                targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                for target in targets:
                    self._scan_target(target, cuts, found)
            else:
                self._scan(part, cuts, found)
        self._refuse_static_shapes(step)
        if isinstance(node, ast.If):
            # A branch that only refuses is part of the choice.
            for other in self.region.steps:
                if isinstance(other.node, ast.Raise) and other.branches and other.branches[-1].step is step:
                    self._need_step(other, cuts, found)
        self._need_place(step, cuts, found, state=False)

    def _scan_target(self, target: ast.expr, cuts: Cuts, found: Slice) -> None:
        match target:
            case ast.Subscript(value=base, slice=index):
                self._scan(index, cuts, found)
                self._scan_target(base, cuts, found)
            case ast.Attribute(value=base):
                raise Unprovable(ELSEWHERE, f"{ast.unparse(target)} is set on an object", target)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self._scan_target(element, cuts, found)

    def _need_place(self, step: Step, cuts: Cuts, found: Slice, *, state: bool) -> None:
        """The compound statements around a step, unless the export stands in the same ones."""
        for branch in step.branches:
            around = branch.step
            if isinstance(around.node, LOOPS):
                if around in self._around:
                    raise Unprovable(CONTROL_FLOW, "the graph and the export stand in a loop", around.node)
                if state:
                    raise Unprovable(VARIABLE, "a variable is made in a loop", step.node)
                self._need_step(around, cuts, found)
            elif isinstance(around.node, TRIES):
                if around not in self._around:
                    raise Unprovable(CONTROL_FLOW, "a part of the graph is built in a try statement", around.node)
            elif isinstance(around.node, ast.If):
                if around in self._around or self.region.known(around.node.test, self.facts) is not None:
                    continue
                self._need_step(around, cuts, found)
            elif isinstance(around.node, WITHS):
                if is_context(around.node, self.kinds, ("control_dependencies", "device", "name_scope")):
                    self._need_step(around, cuts, found)
            else:
                raise Unprovable(CONTROL_FLOW, "a part of the graph is built in a match statement", around.node)

    def _need_merge(self, value: Merge, node: ast.Name, cuts: Cuts, found: Slice) -> None:
        step = value.step
        if isinstance(step.node, ast.If):
            truth = self.region.known(step.node.test, self.facts)
            if truth is not None and len(value.inputs) == 2:
                self._need(value.inputs[0 if truth else 1], node, cuts, found)
                return
            if self.kinds.value(value) in STATE:
                # Two variables under one name: each is made in its branch of the constructor.
                for item in value.inputs:
                    self._need(item, node, cuts, found)
                return
        elif isinstance(step.node, (*TRIES, ast.Match)):
            raise Unprovable(CONTROL_FLOW, f"'{value.name}' is made in a try or match statement", node)
        elif step in self._around:
            raise Unprovable(CONTROL_FLOW, "the graph and the export stand in a loop", step.node)
        if step in found.steps and all(
            not isinstance(item, Definition) or item.step in found.steps for item in value.inputs
        ):
            return
        self._need_step(step, cuts, found)
        for item in value.inputs:
            if isinstance(item, Undefined):
                raise Unprovable(CONTROL_FLOW, f"'{value.name}' may have no value here", node)
            if item is not value:
                self._need(item, node, cuts, found)


def _is_static(node: ast.expr) -> bool:
    """Whether an expression is about a tensor's static shape, dtype or name, which are plain Python."""
    for child in walk(node):
        if isinstance(child, ast.Attribute) and child.attr in (
            "shape",
            "get_shape",
            "dtype",
            "name",
            "as_list",
            "ndims",
        ):
            return True
    return False


def refuse_version_tests(node: ast.AST, region: Region) -> None:
    """What asks which TensorFlow this is gets another answer under TF2."""
    match node:
        case ast.Attribute(attr="__version__" | "VERSION" | "GIT_VERSION" as attribute):
            symbols = region.symbols
            if symbols.resolve(node, symbols.module) is not None or region.resolve(node) is not None:
                raise Unprovable(NO_EQUAL, f"it depends on TensorFlow's {attribute}", node)
        case ast.Call(func=ast.Name(id="hasattr" | "getattr"), args=[subject, *_]):
            if region.symbols.resolve(subject, region.symbols.module) is not None:
                raise Unprovable(NO_EQUAL, "it looks a part of TensorFlow up by name", node)


def refuse_dimensions(root: ast.AST, scope: Scope, region: Region) -> None:
    """Refuses uses of static shapes that mean something else under TF2.

    `x.shape[1].value`, `int(x.shape[1])`, `.as_list()` and arguments of TensorFlow's functions mean the same. What
    compares, tests, prints or iterates over dimensions may not: TF1's are objects, and never None.
    """
    parents = {child: parent for parent in walk(root) for child in children(parent)}
    for node in walk(root):
        match node:
            case ast.Attribute(attr="shape", ctx=ast.Load()) if not isinstance(parents.get(node), ast.keyword):
                current: ast.AST = node
            case ast.Call(func=ast.Attribute(attr="get_shape")):
                current = node
            case _:
                continue
        qualified = region.symbols.qualified(node, scope) if isinstance(node, ast.Attribute) else None
        if qualified is not None:
            continue
        parent = parents.get(current)
        while (
            isinstance(parent, (ast.Subscript, ast.List, ast.Tuple, ast.Starred, ast.BinOp, ast.UnaryOp))
            and parent is not root
        ):
            if isinstance(parent, ast.Subscript) and parent.value is not current:
                break
            current, parent = parent, parents.get(parent)
        if not _plain_use(current, parent, scope, region):
            raise Unprovable(
                NO_EQUAL, "a static shape is used in a way that differs: TF1's dimensions are objects", node
            )


def _plain_use(node: ast.AST, parent: ast.AST | None, scope: Scope, region: Region) -> bool:
    match parent:
        case ast.Attribute(attr=attribute):
            return attribute in (
                "value",
                "as_list",
                "ndims",
                "dims",
                "is_fully_defined",
                "assert_is_compatible_with",
                "rank",
                "num_elements",
            )
        case ast.Call(func=function):
            if node is function:
                return True
            name = (
                function.id
                if isinstance(function, ast.Name)
                else function.attr
                if isinstance(function, ast.Attribute)
                else ""
            )
            return (
                name in ("int", "len", "reshape", "set_shape")
                or region.symbols.resolve(function, scope) is not None
                or ((region.symbols.qualified(function, scope) or "").startswith("numpy."))
            )
        case ast.keyword():
            return True
        case ast.Assign(value=value) | ast.Return(value=value):
            # A name for a dimension, or for a shape: as a number it is used as one.
            return (
                value is node
                and not isinstance(node, (ast.Tuple,))
                and not isinstance(parent.targets[0], (ast.Tuple, ast.List))
                if isinstance(parent, ast.Assign)
                else False
            )
        case ast.Compare(comparators=comparators, ops=operators):
            others = [part for part in [parent.left, *comparators] if part is not node]
            return all(isinstance(part, ast.Constant) and isinstance(part.value, int) for part in others) and not any(
                isinstance(operator, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for operator in operators
            )
    return False


def helper_functions(function: ast.FunctionDef, kinds: Kinds) -> list[ast.FunctionDef]:
    """A function of this file and all of this file's functions that it calls, directly or not."""
    symbols = kinds.region.symbols
    found = [function]
    for current in found:
        scope = symbols.scope_of(current)
        for node in walk(current):
            if isinstance(node, ast.Call):
                callee = symbols.function(node.func, scope)
                if callee is not None and callee not in found:
                    found.append(callee)
    return found


def is_context(node: ast.With | ast.AsyncWith, kinds: Kinds, names: tuple[str, ...]) -> bool:
    """Whether a with statement enters only contexts of the given TF1 names."""
    for item in node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            return False
        name = kinds.symbol(call)
        last = name.rpartition(".")[2] if name else (call.func.attr if isinstance(call.func, ast.Attribute) else "")
        if last not in names:
            return False
    return True


def sets_graph(node: ast.stmt, kinds: Kinds) -> bool:
    """Whether a with statement enters a graph of its own: `tf.Graph().as_default()`, `tf.Session(graph=...)`."""
    if not isinstance(node, (ast.With, ast.AsyncWith)):
        return False
    for item in node.items:
        expression = item.context_expr
        if isinstance(expression, ast.Call):
            if isinstance(expression.func, ast.Attribute) and expression.func.attr == "as_default":
                if kinds.of(expression.func.value) is Kind.GRAPH:
                    return True
            if kinds.of(expression) is Kind.SESSION and any(k.arg == "graph" for k in expression.keywords):
                return True
    return False


def graph_context(step: Step, kinds: Kinds) -> Step | Value | None:
    """What tells the graph that a step adds to from other graphs of the region; None for the default graph.

    The graph is that of the outermost with statement that enters one: the value of its name, or the statement
    itself where the graph has no name.
    """
    for around in [*(branch.step for branch in step.branches), step]:
        if sets_graph(around.node, kinds):
            return _entered_graph(around, kinds)
    # The default graph, since it was last reset.
    reset: Step | None = None
    for other in kinds.region.steps:
        if other.index > step.index:
            break
        match other.node:
            case ast.Expr(value=ast.Call() as call) if (
                kinds.symbol(call) == "reset_default_graph" and other.inlined is None
            ):
                if any(made.index < other.index and made.writes for made in kinds.region.steps if _builds(made, kinds)):
                    reset = other
    return reset


def _builds(step: Step, kinds: Kinds) -> bool:
    return any(kinds.value(made) in IN_GRAPH for made in step.writes)


def _entered_graph(step: Step, kinds: Kinds) -> Step | Value | None:
    assert isinstance(step.node, (ast.With, ast.AsyncWith))
    for item in step.node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            continue
        graph: ast.expr | None = next((k.value for k in call.keywords if k.arg == "graph"), None)
        if graph is None and isinstance(call.func, ast.Attribute) and call.func.attr == "as_default":
            graph = call.func.value
        if isinstance(graph, ast.Name):
            value = kinds.region.value_of.get(graph)
            if isinstance(value, Definition) and not value.known and sets_graph(value.step.node, kinds):
                return value.step if value.step is step else _entered_graph(value.step, kinds)
            return value
        if isinstance(graph, ast.Call) and kinds.symbol(graph) == "get_default_graph":
            return None
        if graph is not None:
            return step
    return step


def parameter_of_call(tensor: ast.expr, region: Region) -> ast.Call | None:
    """The placeholder call behind an expression: the call itself, a name for it, or an element of a literal."""
    match tensor:
        case ast.Call():
            return tensor
        case ast.Name():
            value = region.value_of.get(tensor)
            if (
                isinstance(value, Definition)
                and value.known
                and value.previous is None
                and value.expression is not None
            ):
                expression = value.expression
                if value.path and isinstance(expression, (ast.Tuple, ast.List)):
                    expression = expression.elts[value.path[0]]
                elif value.path:
                    return None
                return parameter_of_call(expression, region)
        case ast.Subscript(value=ast.Name() as base, slice=ast.Constant(value=key)):
            value = region.value_of.get(base)
            if isinstance(value, Definition) and value.known and isinstance(value.expression, ast.Dict):
                for entry, element in zip(value.expression.keys, value.expression.values, strict=True):
                    if isinstance(entry, ast.Constant) and entry.value == key:
                        return parameter_of_call(element, region)
    return None


def _builds_tensor(expression: ast.expr, kinds: Kinds) -> bool:
    """Whether an expression of the module makes tensors, by functions and classes of the file, too."""
    symbols = kinds.region.symbols
    names = (symbols.resolve(call.func, scope) for call, scope in calls_behind(expression, symbols))
    return any(name is not None and kinds.tensorflow_in_helper(name) for name in names)
