"""What does a signature need? The backward slice from its outputs to its inputs, variables and Python values."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field

from migrate.source.flow import (
    LOOPS,
    TRIES,
    WITHS,
    Definition,
    Fact,
    Merge,
    Outer,
    Parameter,
    Step,
    Undefined,
    Value,
    leaves_loop,
)
from migrate.source.kinds import IN_GRAPH, STATE, Kind, Kinds, header
from migrate.source.purity import Purity
from migrate.source.slicing.called import is_foreign, refuse_functions, shape_is_read, where_from
from migrate.source.slicing.cuts import Cuts
from migrate.source.slicing.dimensions import refuse_dimensions
from migrate.source.slicing.graph_contexts import is_context
from migrate.source.slicing.helpers import called_helpers
from migrate.source.slicing.op_names import scope_as_name
from migrate.source.slicing.python_values import refuse_identity, refuse_questions
from migrate.source.slicing.reads import refuse_outer, refuse_version_tests
from migrate.source.slicing.state_calls import makes_state, state_call
from migrate.source.slicing.symbols import NOT_SAVED, PYTHON_FUNCTIONS, STATEFUL_PREFIXES
from migrate.source.syntax import children, walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INPUT, NO_EQUAL, SIDE_EFFECTS, VARIABLE, Unprovable


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
        refuse_identity(node, self.kinds)
        match node:
            case ast.Name(ctx=ast.Load()):
                value = self.region.value_of.get(node)
                if value is not None:
                    self._need(value, node, cuts, found)
                return
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
            case ast.Call():
                if makes_state(node, self.kinds):
                    found.inline_states.append(node)
                    return
                if not self._check_call(node, cuts, found):
                    return
                dropped = scope_as_name(node, self.kinds)
                for child in children(node):
                    if child is not dropped:
                        self._scan(child, cuts, found)
                return
        for child in children(node):
            self._scan(child, cuts, found)

    def _check_call(self, call: ast.Call, cuts: Cuts, found: Slice) -> bool:
        """Refuses calls that cannot be moved; whether the arguments are still to be looked at."""
        name = self.kinds.symbol(call)
        refuse_functions(name, call, self.kinds)
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
            found.functions.update(called_helpers(function, call, self.kinds, self.purity))
        elif function is None and kind in IN_GRAPH and not isinstance(call.func, ast.Attribute):
            owner_scope = self.region.scope.owner(call.func.id) if isinstance(call.func, ast.Name) else None
            # What is bound nowhere is Python's own, or comes from `from x import *`.
            unknown = isinstance(call.func, ast.Name) and not hasattr(builtins, call.func.id)
            if owner_scope is not None or unknown or not isinstance(call.func, (ast.Name, ast.Lambda)):
                raise Unprovable(ELSEWHERE, f"{ast.unparse(call.func)} is not a function of this file", call)
        elif function is None and kind in IN_GRAPH and is_foreign(call.func, self.kinds):
            raise Unprovable(ELSEWHERE, f"{ast.unparse(call.func)} {where_from(call.func, self.kinds)}", call)
        return True

    def _check_symbol(self, name: str, call: ast.Call, cuts: Cuts, found: Slice) -> bool:
        if name in NOT_SAVED:
            raise Unprovable(SIDE_EFFECTS, NOT_SAVED[name], call, final=name in PYTHON_FUNCTIONS)
        if name.startswith(STATEFUL_PREFIXES):
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
            if shape_is_read(call, self.region):
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

    def _refuse_static_shapes(self, step: Step) -> None:
        """TF1's dimensions are objects, TF2's are numbers or None."""
        for part in header(step):
            refuse_dimensions(part, self.region.scope, self.region)

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
                refuse_outer(value, node, self.kinds)
            case Parameter():
                found.python.add(value)
            case Definition() | Merge() if kind in (Kind.PYTHON, Kind.CONFIG):
                if isinstance(value, Definition) and isinstance(value.step.node, (ast.FunctionDef, ast.ClassDef)):
                    raise Unprovable(CONTROL_FLOW, f"{value.name} is defined inside the function", node)
                refuse_questions(value, self.kinds, self._around)
                if isinstance(value, Definition) and self._is_of_loop(value, node):
                    self._need_step(value.step, cuts, found)
                    return
                found.python.add(value)
            case Definition():
                self._need_definition(value, kind, node, cuts, found)
            case Merge():
                self._need_merge(value, node, cuts, found)

    def _is_of_loop(self, value: Definition, node: ast.Name) -> bool:
        """Whether a value is the target of a loop that builds the graph, or plain Python of its rounds."""
        step = value.step
        if isinstance(step.node, LOOPS):
            loop = step
        else:
            loop = next((branch.step for branch in step.branches if isinstance(branch.step.node, LOOPS)), step)
            plain = value.known and value.previous is None and value.expression is not None
            if loop is step or not plain or self.purity.impure(value.expression):  # type: ignore[arg-type]
                return False
        return loop not in self._around and any(node is inner for inner in walk(loop.node))

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
        if self.purity.in_place.handed_on(value):
            raise Unprovable(CONTROL_FLOW, f"'{value.name}' may be changed by other code", value.step.node)
        return True

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
        if isinstance(
            value.expression, (ast.List, ast.Dict, ast.ListComp, ast.DictComp)
        ) and self.purity.in_place.handed_on(value):
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
                refuse_identity(target, self.kinds)
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
