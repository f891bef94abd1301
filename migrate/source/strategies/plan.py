"""What a native rewrite of the exports of one graph consists of; the emitter turns it into code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.source.flow import Definition, Fact, Step, Value
from migrate.source.kinds import Kinds
from migrate.source.session import Assignment, Run
from migrate.source.sites import Endpoint, ExportSite, SignatureSource
from migrate.source.slicing.cuts import Cuts
from migrate.source.slicing.slices import Slice
from migrate.source.specs import Shape
from migrate.source.unprovable import Unprovable


@dataclass(slots=True, eq=False)
class State:
    """A variable, table, layer, or a container of variables, that becomes an attribute of the module.

    Attributes:
        attribute: Its name there.
        expression: The TF1 call, or the literal that holds the calls.
        step: The step that makes it.
        definition: The name it has in the region; None for one made inside a larger expression.
        override: The value an init op gives it whenever the model is loaded.
        handed: The constructor's parameter that brings its trained value.
        same: The state whose variable this is once more, under `reuse`.
    """

    attribute: str
    expression: ast.expr
    step: Step
    definition: Definition | None = None
    override: ast.expr | None = None
    handed: str | None = None
    same: State | None = None


@dataclass(slots=True, eq=False)
class Input:
    """An input of a signature, which becomes a parameter of its function."""

    key: str
    parameter: str
    tensor: ast.expr
    dtype: str
    shape: Shape


PIECEWISE = "PiecewiseConstantDecay"
"""The schedule that starts with boundaries, not with a rate."""


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer of TF2's Keras that counts as the TF1 one did.

    Attributes:
        call: The TF1 call.
        step: The step that makes it.
        name: Its class in `tf.keras.optimizers`.
        rate: The learning rate, or what decays.
        decay: Arguments of the schedule behind the rate, by keyword.
        arguments: Its other arguments, by keyword: expressions of the source, or text.
        tensor: The learning rate where it is a tensor, which each step of training sets.
        ones: How the names of its own variables end that start from one, where TF2's start from zero.
        schedule: The class in `tf.keras.optimizers.schedules`, where the rate decays.
    """

    call: ast.Call
    step: Step
    name: str
    rate: ast.expr
    decay: tuple[tuple[str, ast.expr], ...] = ()
    arguments: tuple[tuple[str, ast.expr | str], ...] = ()
    tensor: ast.expr | None = None
    ones: str = ""
    schedule: str = ""

    def expressions(self) -> list[ast.expr]:
        """What the constructor needs for it."""
        named = [value for _, value in (*self.decay, *self.arguments)]
        rate = [self.rate] if self.tensor is None else []
        return [*rate, *(value for value in named if isinstance(value, ast.expr))]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """How gradients are clipped.

    Attributes:
        function: `clip_by_value`, `clip_by_norm` or `clip_by_global_norm`.
        arguments: Its limits, plain Python.
        some: Whether variables without a gradient are left out.
    """

    function: str
    arguments: tuple[ast.expr, ...]
    some: bool = False


@dataclass(slots=True, eq=False)
class Training:
    """What a function does as a step of training: the first of its outputs is the loss.

    Attributes:
        optimizer: What changes the variables.
        attribute: Where the module has it.
        variables: Those that are trained; None for all trainable ones of the module.
        step_count: The global step, where the module has it.
        dense: Whether gradients of looked-up rows must become those of whole variables.
        clip: How the gradients are clipped, if they are.
        rate: The learning rate of each step, where a tensor says it.
        made: The steps that make gradients and the training op.
    """

    optimizer: Optimizer
    attribute: str
    variables: list[State] | None = None
    step_count: State | None = None
    dense: bool = False
    clip: Clip | None = None
    rate: ast.expr | None = None
    made: frozenset[Step] = frozenset()

    def expressions(self) -> list[ast.expr]:
        """What a step needs besides its loss and its results."""
        return [
            *(self.clip.arguments if self.clip is not None else ()),
            *([self.rate] if self.rate is not None else []),
        ]


@dataclass(slots=True, eq=False)
class Function:
    """One `tf.function` of the module; several signatures that are the same share one.

    Attributes:
        name: Its name.
        signature: The first signature it serves. Of a function that only a run needs, one that is not exported.
        inputs: Its parameters.
        outputs: What it returns.
        cuts: Where its slice ends.
        slice: What it computes.
        own: The steps it has for itself.
        shared: The methods it calls for the rest, by the statement at whose place it calls them.
        exported: Whether it serves a signature; else it returns a tensor, or a tuple of them.
        training: The step of training it does, if it does one.
    """

    name: str
    signature: SignatureSource
    inputs: tuple[Input, ...]
    outputs: tuple[Endpoint, ...]
    cuts: Cuts
    slice: Slice
    own: set[Step] = field(default_factory=set)
    shared: list[Shared] = field(default_factory=list)
    exported: bool = True
    training: Training | None = None

    @property
    def needed(self) -> list[ast.expr]:
        """The tensors it returns, and what else its statements compute."""
        own = self.training.expressions() if self.training is not None else []
        return [*(endpoint.tensor for endpoint in self.outputs), *own]


@dataclass(slots=True, eq=False)
class Shared:
    """Computation that several functions need: a method.

    Attributes:
        name: Its name.
        steps: What it computes.
        last: The statement at whose place its callers call it.
        inputs: The values it takes.
        outputs: The values it returns.
        shared: The methods it calls itself.
    """

    name: str
    steps: set[Step]
    last: Step
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """Plain Python inside a graph statement that is evaluated where it stands, and handed to the constructor.

    Attributes:
        name: The name its value gets.
        expression: What is evaluated.
        step: Where.
        stored: Whether functions read it, so that it is kept as an attribute.
    """

    name: str
    expression: ast.expr
    step: Step
    stored: bool


@dataclass(frozen=True, slots=True, eq=False)
class Asset:
    """A file that the SavedModel carries."""

    attribute: str
    path: ast.expr
    step: Step


@dataclass(frozen=True, slots=True, eq=False)
class EagerRun:
    """A session run that becomes a call of the module: its fetches, one by one."""

    run: Run
    fetched: tuple[tuple[Function, str] | State, ...]
    arguments: tuple[ast.expr, ...]
    single: bool


@dataclass(frozen=True, slots=True, eq=False)
class FunctionRun:
    """A session run that becomes one call of a function that is not exported.

    Attributes:
        run: The run.
        function: What is called; None where only variables are read.
        fed: Its parameters and what they get, in the order they are fed.
        fetched: For each fetch the function's output, or the variable that is read behind the call, or None for the
            training op, which gives None.
        single: Whether one thing is fetched, not a list.
        kept: Where the run is a statement of its own: which of its results are read.
        named: The dictionary that is fed, where it has a name.
    """

    run: Run
    function: Function | None
    fed: tuple[tuple[str, ast.expr], ...]
    fetched: tuple[int | State | None, ...]
    single: bool
    kept: tuple[bool, ...] | None = None
    named: Definition | None = None

    @property
    def keys(self) -> dict[ast.expr, str]:
        """The keys of a dictionary with a name, and the parameters that they stand for."""
        written = self.named.expression if self.named is not None else None
        if not isinstance(written, ast.Dict):
            return {}
        return {key: name for key, (name, _) in zip(written.keys, self.fed, strict=True) if key is not None}

    @property
    def arguments(self) -> tuple[ast.expr, ...]:
        """What is fed."""
        if self.named is not None and self.run.feed is not None:
            return (self.run.feed,)
        return tuple(value for _, value in self.fed)


@dataclass(frozen=True, slots=True, eq=False)
class ModuleRestore:
    """Variables of the module that get their values from a checkpoint.

    Attributes:
        path: The checkpoint's prefix.
        states: Which, each with its name in the checkpoint; None for all, under their own names.
        averages: The name of moving averages below the variables' own, where those of trainable ones are restored.
        always: Whether it happens on every way to the export.
    """

    path: ast.expr
    states: tuple[tuple[State, str], ...] | None
    averages: str
    always: bool


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoints:
    """A Saver, whose checkpoints hold variables of the module under their TF1 names.

    Attributes:
        made: The Saver.
        trainable: Whether it saves the variables that are trained, and not the others.
        options: Its other arguments, as text.
        calls: Where it saves, and the session that is passed there.
    """

    made: Definition
    trainable: bool
    options: tuple[tuple[str, str], ...]
    calls: dict[ast.Call, ast.expr] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class NativePlan:
    """The module, what its constructor needs, and what remains of the old code.

    Attributes:
        kinds: The region with all that is known about it.
        sites: The exports, in the order of the source.
        facts: Conditions known where they run.
        class_name: Name of the module class.
        states: In the order they are made.
        functions: In the order of the signatures.
        keys: Signature of a site -> its function.
        shared: Methods for shared computation.
        assets: Files to carry.
        parameters: Constructor parameters: a Python value of the region, and the name.
        captures: Further ones, for Python that must be evaluated where it stands.
        stored: Those of them that functions read, and that are kept as attributes.
        init_steps: Steps the constructor repeats.
        inlined: Call steps whose helper's statements go into the constructor.
        copied: Steps of plain Python that were copied into the class.
        legacy: Whether session code remains.
        random: Whether a variable starts from random numbers.
        seeded: Whether a signature draws random numbers, by the graph's seed.
        handover: Whether the values of the variables come from the session.
        assignments: Steps that run assign ops only -> what they assign.
        restores: Steps that restore a checkpoint -> what they set.
        eager_runs: Session runs that become calls of the module.
        checkpoints: The Savers that write checkpoints of the module.
        counts: Expressions that are the value of a variable of the module by then, such as the number of steps.
        foreign: Steps of other graphs, which stay as they are.
        helpers: Functions of this file that the module calls, which need TF2 names.
        notes: Rule id and sentence of further findings.
        session_stays: Why training stays in a session, where none should stay.
    """

    kinds: Kinds
    sites: tuple[ExportSite, ...]
    facts: tuple[Fact, ...]
    class_name: str = ""
    states: list[State] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    keys: dict[SignatureSource, Function] = field(default_factory=dict)
    shared: list[Shared] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    parameters: dict[Value, str] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)
    stored: set[Value] = field(default_factory=set)
    init_steps: set[Step] = field(default_factory=set)
    inlined: list[Step] = field(default_factory=list)
    copied: set[Step] = field(default_factory=set)
    legacy: bool = False
    random: bool = False
    seeded: bool = False
    handover: bool = False
    assignments: dict[Step, list[Assignment]] = field(default_factory=dict)
    restores: dict[Step, ModuleRestore] = field(default_factory=dict)
    eager_runs: dict[ast.Call, EagerRun | FunctionRun] = field(default_factory=dict)
    checkpoints: list[Checkpoints] = field(default_factory=list)
    counts: dict[ast.expr, State] = field(default_factory=dict)
    foreign: set[Step] = field(default_factory=set)
    helpers: set[ast.FunctionDef] = field(default_factory=set)
    notes: list[tuple[str, str]] = field(default_factory=list)
    session_stays: Unprovable | None = None

    @property
    def training(self) -> Training | None:
        """The training that no session does any more."""
        return next((function.training for function in self.functions if function.training is not None), None)

    @property
    def feeds(self) -> set[Step]:
        """The steps that make dictionaries for runs that are calls now."""
        runs = [run for run in self.eager_runs.values() if isinstance(run, FunctionRun)]
        return {run.named.step for run in runs if run.named is not None}

    @property
    def unread(self) -> dict[ast.AST, str]:
        """Names of a session or a Saver where checkpoints are written, and what stands there now."""
        found: dict[ast.AST, str] = {}
        for saver in self.checkpoints:
            for call, session in saver.calls.items():
                found[session] = "None"
                if isinstance(call.func, ast.Attribute):
                    found[call.func.value] = saver.made.name
        return found

    @property
    def setters(self) -> set[Step]:
        """The steps of the session that become statements which set variables of the module."""
        return {*self.assignments, *self.restores}

    def state_of(self) -> Mapping[Value, State]:
        """The state behind a definition."""
        return {state.definition: state for state in self.states if state.definition is not None}
