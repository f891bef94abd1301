"""Runs a SavedModel, whichever TensorFlow wrote it, through the names in its SignatureDefs.

Both models go through TF1's session loader. That is what TensorFlow Serving does with either kind, it takes
the TF1 models that `tf.saved_model.load` refuses (a signature output that is itself a ref variable), and a
stateful signature runs exactly once a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from migrate.errors import MigrateError
from migrate.signatures.model_file import model_file
from migrate.signatures.quiet import import_tensorflow, quiet
from migrate.verify.compare import as_array
from migrate.verify.constants import vocabulary
from migrate.verify.contract import merge_shapes
from migrate.verify.flatgraph import FlatGraph, TooLargeError
from migrate.verify.hints import InputHints, hints_for, loop_sources
from migrate.verify.outside_files import outside_files
from migrate.verify.samples import SparseValue
from migrate.verify.shape_hints import dense_shape, sparse_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from types import TracebackType

    from migrate.signatures import MetaGraph, SignatureDef, TensorInfo
    from migrate.signatures.model import Shape
    from migrate.verify.flatgraph import Key

RANDOM = frozenset(
    {
        "RandomUniform",
        "RandomUniformInt",
        "RandomStandardNormal",
        "TruncatedNormal",
        "RandomShuffle",
        "RandomGamma",
        "RandomPoissonV2",
        "Multinomial",
        "ParameterizedTruncatedNormal",
        "StatefulUniform",
        "StatefulStandardNormalV2",
        "StatefulTruncatedNormal",
        "StatefulUniformInt",
        "RngReadAndSkip",
    }
)
_TIMED_OUT = "DeadlineExceededError"
_FIRST_CALL_SECONDS = 20.0
_SHORTEST_SECONDS = 10.0
_PATIENCE = 20.0
"""A call may take that many times what the longest one so far took: a loop may run for ever on made-up inputs."""
_LITTLE_SECONDS = 2.0
_LITTLE_PATIENCE = 5.0
"""The same for a call on which the other model ran out of time already."""
_NOISE = ("Graph execution error", "Detected at node", "Node:", "<stack traces", "Errors may have originated")


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that raised.

    Attributes:
        error: The exception's class.
        message: The first line of what it says.
    """

    error: str
    message: str

    @property
    def timed_out(self) -> bool:
        """Whether it was stopped for taking too long."""
        return self.error == _TIMED_OUT


@dataclass(frozen=True, slots=True)
class Outputs:
    """What one call returned: arrays by part name; an operation's part is missing.

    A dense output is one part under its own name; a sparse one is `NAME/indices`, `NAME/values` and
    `NAME/dense_shape`; a composite one is `NAME/0`, `NAME/1` and so on.
    """

    parts: Mapping[str, Any] = field(default_factory=dict)


class Model:
    """A loaded SavedModel with its own graph and session; use it in a `with` block.

    Args:
        path: The SavedModel directory.
        meta_graph: The MetaGraph to load, as `migrate.signatures` read it.

    Raises:
        MigrateError: TensorFlow cannot load the model; the message has the first line of its reason.
    """

    def __init__(self, path: str | PathLike[str], meta_graph: MetaGraph) -> None:
        self.path = Path(path)
        self.meta_graph = meta_graph
        tf = import_tensorflow()
        v1 = tf.compat.v1
        directory = model_file(path).parent
        config = v1.ConfigProto(allow_soft_placement=True, device_count={"GPU": 0})
        # Grappler may drop control edges into reads of ref variables; see docs/verify.md.
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        config.graph_options.optimizer_options.opt_level = -1
        graph = tf.Graph()
        self._session = v1.Session(graph=graph, config=config)
        start = perf_counter()
        try:
            with quiet(), graph.as_default():
                loaded = v1.saved_model.load(self._session, list(meta_graph.tags), str(directory))
        except Exception as error:
            self._session.close()
            message = f"TensorFlow {tf.__version__} cannot load it: {type(error).__name__}: {error_line(error)}"
            raise MigrateError(f"{path}: {message}") from error
        self._loaded = loaded
        # The first call sets things up, as loading does.
        self._first_limit = max(_FIRST_CALL_SECONDS, _PATIENCE * (perf_counter() - start))
        self._longest: float | None = None
        self._loops: frozenset[Key] | None = None
        self._flat: FlatGraph | None = None
        self._looked = False
        # TF1 lists its assets in a collection and TF2 in asset_file_def; both put the files here.
        self._assets = sorted(path for path in (directory / "assets").rglob("*") if path.is_file())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    @property
    def longest_seconds(self) -> float:
        """What the longest call so far took."""
        return self._longest or 0.0

    @property
    def session(self) -> Any:
        """The session it is loaded in; its graph is the model's, with the names of the file."""
        return self._session

    @property
    def loaded(self) -> Any:
        """The MetaGraphDef that was loaded."""
        return self._loaded

    @property
    def assets(self) -> tuple[Path, ...]:
        """Its asset files."""
        return tuple(self._assets)

    def fetch(self, signature: SignatureDef, inputs: Mapping[str, Any], names: Sequence[str]) -> list[Any] | Failure:
        """What any tensors of the session's graph are, for the inputs of a signature.

        Args:
            signature: One of this model's.
            inputs: An array, a SparseValue or a tuple of components for each input.
            names: The tensors.
        """
        feed = {}
        for info in signature.inputs:
            feed.update(_feed(info, inputs[info.key]))
        options = import_tensorflow().compat.v1.RunOptions(timeout_in_ms=int(self._limit(hurry=False) * 1000))
        try:
            with quiet():
                return list(self._session.run(list(names), feed, options))
        except Exception as error:
            return Failure(type(error).__name__, error_line(error))

    def run(self, signature: SignatureDef, inputs: Mapping[str, Any], *, hurry: bool = False) -> Outputs | Failure:
        """Calls a signature once: all its outputs come from one run of the graph.

        Args:
            signature: One of this model's.
            inputs: An array, a SparseValue or a tuple of components for each input.
            hurry: Whether it may only take little time, because the other model took too long.
        """
        feed = {}
        for info in signature.inputs:
            feed.update(_feed(info, inputs[info.key]))
        fetch = {name: tensor for info in signature.outputs for name, tensor in output_tensors(info)}
        operations = [info.name for info in signature.outputs if info.kind == "operation"]
        options = import_tensorflow().compat.v1.RunOptions(timeout_in_ms=int(self._limit(hurry) * 1000))
        start = perf_counter()
        try:
            with quiet():
                values, _ = self._session.run((fetch, operations), feed, options)
        except Exception as error:  # Whatever a model raises is a finding, not a failure of ours.
            failure = Failure(type(error).__name__, error_line(error))
            if failure.timed_out:
                self._first_limit = min(self._first_limit, _SHORTEST_SECONDS)
            return failure
        self._longest = max(self._longest or 0.0, perf_counter() - start)
        return Outputs({name: as_array(value) for name, value in values.items()})

    def _limit(self, hurry: bool) -> float:
        """The seconds that a call may take. A graph that waits on an empty queue waits for ever, too."""
        if hurry:
            return max(_LITTLE_SECONDS, _LITTLE_PATIENCE * self.longest_seconds)
        if self._longest is None:
            return self._first_limit
        return max(_SHORTEST_SECONDS, _PATIENCE * self._longest)

    def hints(self, signature: SignatureDef) -> dict[str, InputHints]:
        """What the graph says about each input; nothing where the graph is too large to look at."""
        graph = self._graph()
        if graph is None:
            return {}
        if self._loops is None:
            self._loops = loop_sources(graph)
        found = {}
        for info in signature.inputs:
            values = _values_name(info)
            if values is None:
                continue
            hints = hints_for(graph, values, self._loops)
            known, dtype = self._known(values)
            if info.components:
                shape = None
            elif info.sparse is not None:
                shape = sparse_shape(graph, info.sparse, info.shape)
            else:
                shape = dense_shape(graph, info.name, merge_shapes(info.shape, known))
            found[info.key] = replace(hints, shape=shape, dtype=dtype)
        return found

    def vocabulary(self) -> tuple[bytes, ...]:
        """The words of its string-keyed tables: constants and lines of asset files."""
        graph = self._graph()
        if graph is None:
            return ()
        return vocabulary(graph, self._loaded.graph_def.library.function, self._assets)

    def dependent_parts(self, signature: SignatureDef, output: str) -> frozenset[str]:
        """The parts of an output whose values depend on any input's; all of them where that cannot be told."""
        info = signature.output(output)
        if info is None:
            return frozenset()
        return frozenset(part for part, name in output_tensors(info) if self._depends(signature, name))

    def outside_files(self, signature: SignatureDef) -> tuple[str, ...]:
        """The files that it reads for a signature and that are not among its assets."""
        graph = self._graph()
        if graph is None:
            return ()
        names = [name for info in signature.outputs for _, name in output_tensors(info)]
        refs = [ref for name in names if (ref := graph.tensor(name)) is not None]
        return outside_files(self._loaded, graph, refs)

    def _depends(self, signature: SignatureDef, name: str) -> bool:
        graph = self._graph()
        ref = None if graph is None else graph.tensor(name)
        if graph is None or ref is None:
            return True
        sources = graph.ancestors(ref, values_only=True)
        inputs = [graph.tensor(name) for info in signature.inputs for name in _tensor_names(info)]
        return any(source is None or source.node in sources for source in inputs)

    def random_operations(self, signature: SignatureDef, output: str) -> tuple[str, ...]:
        """The operations an output depends on whose results are random."""
        graph = self._graph()
        sources = self._sources(signature, output)
        if graph is None or sources is None:
            return ()
        return tuple(sorted({graph.nodes[key].op for key in sources if key in graph.nodes} & RANDOM))

    def _known(self, name: str) -> tuple[Shape, str]:
        """What TensorFlow knows about a tensor, after shape inference: its shape and dtype."""
        try:
            tensor = self._session.graph.get_tensor_by_name(name)
        except (KeyError, ValueError):
            return None, ""
        dims = tensor.shape.as_list() if tensor.shape.rank is not None else None
        return None if dims is None else tuple(dims), str(tensor.dtype.base_dtype.name)

    def _sources(self, signature: SignatureDef, output: str) -> set[tuple[str, ...]] | None:
        graph = self._graph()
        info = signature.output(output)
        if graph is None or info is None:
            return None
        sources: set[tuple[str, ...]] = set()
        for _, name in output_tensors(info):
            ref = graph.tensor(name)
            if ref is None:
                return None
            sources |= graph.ancestors(ref, values_only=True)
        return sources

    def _graph(self) -> FlatGraph | None:
        if not self._looked:
            self._looked = True
            try:
                self._flat = FlatGraph(self._loaded.graph_def)
            except (TooLargeError, KeyError, RecursionError):
                self._flat = None
        return self._flat


def part_names(info: TensorInfo) -> tuple[str, ...]:
    """The names of an output's parts in `Outputs`; an operation has none."""
    return tuple(part for part, _ in output_tensors(info))


def output_tensors(info: TensorInfo) -> list[tuple[str, str]]:
    """Part names of an output (as in `Outputs`), or of an input, with the tensors they stand for."""
    if info.sparse is not None:
        return [
            (f"{info.key}/{part}", name)
            for part, name in zip(("indices", "values", "dense_shape"), info.sparse, strict=True)
        ]
    if info.components:
        return [(f"{info.key}/{index}", part.name) for index, part in enumerate(info.components)]
    return [] if info.kind == "operation" else [(info.key, info.name)]


def _tensor_names(info: TensorInfo) -> list[str]:
    return [name for _, name in output_tensors(info)]


def _feed(info: TensorInfo, value: Any) -> dict[str, Any]:
    if info.sparse is not None and isinstance(value, SparseValue):
        return dict(zip(info.sparse, (value.indices, value.values, value.dense_shape), strict=True))
    if info.components:
        return {part.name: item for part, item in zip(info.components, value, strict=True)}
    return {info.name: value}


def _values_name(info: TensorInfo) -> str | None:
    """The tensor of an input's values."""
    if info.sparse is not None:
        return info.sparse[1]
    if info.components:
        return info.components[0].name
    return info.name if info.kind == "dense" else None


def error_line(error: BaseException) -> str:
    """The line of an error that says what was wrong."""
    text = str(getattr(error, "message", None) or error)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    meaningful = [line for line in lines if not line.startswith(_NOISE)]
    return (meaningful or lines or [""])[0][:300]
