"""Tells, in a raw graph, the part that answers from the part that trains.

A graph that was saved from a training script has it all: the network, its loss, gradients, optimizer, summaries,
saver. What answers depends on data that is fed, and not on labels; what trains is known by its operations, by the
names TensorFlow gives gradients, and by labels.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from migrate.graph.frames import NEXT_ITERATIONS
from migrate.graph.tensors import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.index import GraphIndex
    from migrate.graph.view import MetaGraphView

_SCOPES = re.compile(
    r"(?:\A|/)(?:gradients|save|init|init_all_tables|init_\d+|report_uninitialized_\w+|GradientDescent|Adam|Adagrad|"
    r"Adadelta|Momentum|RMSProp|Ftrl|ExponentialMovingAverage|Optimize(?:r)?|OptimizeLoss|train_op|save_\d+|"
    r"gradients_\d+|clip_by_global_norm|global_norm|sync_rep_local_init|zero_fraction(?:_\d+)?)/"
)
"""Scopes that TensorFlow's optimizers, savers and initializers make."""
_UPDATES = re.compile(r"(?:Resource)?(?:Sparse)?Apply[A-Z]|Assign|Scatter(?:Nd)?(?:Add|Sub|Mul|Div|Min|Max|Update)\Z")
_SUMMARIES = frozenset(
    {
        *("ScalarSummary", "HistogramSummary", "ImageSummary", "AudioSummary", "AudioSummaryV2"),
        *("TensorSummary", "TensorSummaryV2", "MergeSummary", "WriteSummary", "WriteScalarSummary"),
    }
)
_ENDS = frozenset({"NoOp", "Assert", "Print", "PrintV2", "Save", "SaveV2", "SaveSlices", "IsVariableInitialized"})
_ENQUEUES = ("QueueEnqueue", "QueueClose", "LookupTableInsert", "InitializeTable", "Restore", "MergeV2")
_LOSS_STEPS = frozenset(
    {
        *("Reshape", "Shape", "Slice", "StridedSlice", "Pack", "Rank", "Size", "Cast", "Identity", "StopGradient"),
        *("Neg", "Log", "Log1p", "Exp", "Sub", "Square", "SquaredDifference", "Abs", "Pow", "Sqrt", "Maximum"),
        *("Minimum", "Mean", "Sum", "ZerosLike", "OnesLike", "GreaterEqual", "Greater", "Less", "Select", "AddN"),
        *("L2Loss", "Mul", "RealDiv", "ExpandDims", "Range", "Prod", "Fill", "Equal", "NotEqual", "LogicalAnd"),
        *("DynamicPartition", "Transpose", "Squeeze", "Where", "GatherNd", "Gather", "GatherV2", "ConcatV2", "Concat"),
    }
)
"""What is done to an answer to compare it with labels; on the way back from a loss these are passed over."""
_LOSS_NAMES = re.compile(
    r"(?:loss|cost|xent|cross_?entropy|regulari[sz]|accuracy|metric|mse|(?:\A|/)(?:auc|precision|recall)(?:_\d+)?/)",
    re.IGNORECASE,
)
_SUMS = frozenset({"Add", "AddV2"})
_LAYERS = (
    *("MatMul", "BatchMatMul", "SparseMatMul", "SparseTensorDenseMatMul", "Conv", "DepthwiseConv", "Einsum", "BiasAdd"),
    *("Gather", "ResourceGather", "FusedBatchNorm", "LSTMBlock", "BlockLSTM", "GRUBlock", "CudnnRNN"),
)
_GRADIENT = re.compile(r"(?:\A|/)gradients(?:_\d+)?/(.+?)_grad/")
_PIPELINE = ("IteratorGetNext", "QueueDequeue", "ReaderRead", "Unstage", "RecordInput")
_LARGE = 32
_FLOATS = frozenset({1, 2, 14, 19})


class InferencePart:
    """The nodes of a graph by what they are for.

    Args:
        view: The MetaGraph.
    """

    def __init__(self, view: MetaGraphView) -> None:
        self.view = view
        self.index: GraphIndex = view.index

    @cached_property
    def aside(self) -> frozenset[str]:
        """What does not answer: gradients, optimizers, savers, summaries, and what is done only for them."""
        index = self.index
        found = {name for name in index.nodes if self._is_aside(name)}
        # What only an assignment wants, such as the new value of a moving average.
        updating = set(self._updates)
        for name in reversed(self.view.frames.order):
            users = set(index.graph.successors(name))
            if users and users <= updating:
                updating.add(name)
        return frozenset(found | updating)

    def _is_aside(self, name: str) -> bool:
        op = self.index.op(name)
        return (
            op in _SUMMARIES
            or op in _ENDS
            or op.startswith(_ENQUEUES)
            or name in self._updates
            or _SCOPES.search(name) is not None
        )

    @cached_property
    def _updates(self) -> frozenset[str]:
        return frozenset(name for name, node in self.index.nodes.items() if _UPDATES.match(node.op))

    @cached_property
    def summaries(self) -> frozenset[str]:
        """Summary operations."""
        return frozenset(name for name, node in self.index.nodes.items() if node.op in _SUMMARIES)

    @cached_property
    def is_trained(self) -> bool:
        """Whether there are gradients in the graph."""
        return any(_GRADIENT.search(name) for name in self.index.nodes)

    @cached_property
    def weights(self) -> frozenset[str]:
        """Floating-point variables, and large constants, which they are in a frozen graph."""
        found = set()
        for name, node in self.index.nodes.items():
            if name in self.view.state.by_node:
                dtype = node.attr["dtype"].type
                if dtype in _FLOATS and not _SCOPES.search(f"{name}/"):
                    found.add(name)
            elif node.op == "Const" and node.attr["value"].tensor.dtype in _FLOATS and name not in self.aside:
                size = 1
                for dim in node.attr["value"].tensor.tensor_shape.dim:
                    size *= dim.size
                if size >= _LARGE:
                    found.add(name)
        return frozenset(found)

    @cached_property
    def sources(self) -> tuple[Tensor, ...]:
        """The tensors by which data gets in: placeholders, and what comes out of queues and iterators."""
        found = []
        for name, node in self.index.nodes.items():
            if name in self.aside:
                continue
            if node.op in ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault"):
                found.append(Tensor(name, 0))
            elif node.op.startswith(_PIPELINE):
                found.extend(Tensor(name, port) for port in range(len(self.index.output_ports(name) or ())))
        return tuple(found)

    @cached_property
    def _bits(self) -> Mapping[Tensor, int]:
        return {tensor: 1 << number for number, tensor in enumerate(self.sources)}

    @cached_property
    def _flow(self) -> tuple[dict[str, int], dict[str, int]]:
        """For each node, bit sets of the sources and of the weights that it depends on."""
        weight_bits = {name: 1 << number for number, name in enumerate(sorted(self.weights))}
        sources: dict[str, int] = {}
        weights: dict[str, int] = {}
        passes = 2 if any(node.op in NEXT_ITERATIONS for node in self.index.nodes.values()) else 1
        source_nodes = {tensor.node for tensor in self.sources}
        for _ in range(passes):
            for name in self.view.frames.order:
                if name in weight_bits:
                    weights[name] = weight_bits[name]
                    continue
                if name in source_nodes:
                    continue  # Each of its outputs is a source of its own.
                s = w = 0
                for tensor in self.index.data_inputs(name):
                    s |= self._bits.get(tensor, 0) | sources.get(tensor.node, 0)
                    w |= weights.get(tensor.node, 0)
                sources[name], weights[name] = s, w
        return sources, weights

    def source_mask(self, tensor: Tensor) -> int:
        """The sources that a tensor depends on, as a bit set."""
        return self._bits.get(tensor, 0) or self._flow[0].get(tensor.node, 0)

    def weight_mask(self, name: str) -> int:
        """The weights that a node depends on, as a bit set."""
        return self._flow[1].get(name, 0)

    def chosen(self, mask: int) -> tuple[Tensor, ...]:
        """The sources of a bit set, in the order of the graph."""
        return tuple(tensor for tensor, bit in self._bits.items() if mask & bit)

    @cached_property
    def features(self) -> int:
        """The sources that meet a weight before anything else that is computed, or that reach a layer: data.

        Labels meet the network's answer, which depends on weights and on data, and no layer comes after that.
        """
        found = 0
        for name in self.index.nodes:
            if name in self.aside:
                continue
            layer = self.index.op(name).startswith(_LAYERS)
            mask, meets = 0, False
            for tensor in self.index.data_inputs(name):
                sources, weights = self.source_mask(tensor), self.weight_mask(tensor.node)
                # What a layer takes is data, however much has been computed from it: a sequence's lengths, say.
                if sources and (layer or not weights):
                    mask |= sources
                meets = meets or bool(weights and not sources)
            if meets:
                found |= mask
        found &= ~self.settings
        without = found & ~self._labels
        return without if without and self.is_trained else found

    @cached_property
    def _labels(self) -> int:
        from migrate.graph.candidate_names import is_called_label

        return sum(bit for tensor, bit in self._bits.items() if is_called_label(tensor.node))

    @cached_property
    def losses(self) -> frozenset[str]:
        """The nodes that are differentiated: those that lead to no other node with a gradient.

        tf.gradients names the gradient of `a/b` `gradients/a/b_grad/...`.
        """
        forward = {match.group(1) for name in self.index.nodes if (match := _GRADIENT.search(name)) is not None}
        forward &= self.index.nodes.keys()
        graph = self.index.graph
        followed: set[str] = set()
        for name in reversed(self.view.frames.order):
            users = [user for user in graph.successors(name) if user not in self.aside]
            if any(user in forward or user in followed for user in users):
                followed.add(name)
        return frozenset(forward - followed)

    @cached_property
    def answers(self) -> frozenset[str]:
        """The nodes that depend on data and not on labels, and that are not only there for a loss."""
        index, features = self.index, self.features
        # Where nothing is trained, what does not meet a weight is data too, unless it is called a label.
        strange = ~features & ~self.settings if self.is_trained else self._labels & ~features
        if not (features and self.weights):
            strange = 0
        losing = self._downstream(self.losses)
        found = set()
        for name in self.view.frames.order:
            mask = self._flow[0].get(name, 0)
            if not mask or name in self.aside or name in losing:
                continue
            # A label has no part in an answer; a probability or a flag has.
            if not mask & strange:
                found.add(name)
        for name in reversed(self.view.frames.order):
            if name not in found or not self._serves_a_loss(name):
                continue
            users = [user for user in index.graph.successors(name) if user not in self.aside]
            if users and found.isdisjoint(users):
                found.discard(name)
        return frozenset(found)

    def _serves_a_loss(self, name: str) -> bool:
        if _LOSS_NAMES.search(name):
            return True
        if self.index.op(name) in _SUMS:
            return any(_LOSS_NAMES.search(tensor.node) for tensor in self.index.data_inputs(name))
        return self.is_trained and self.index.op(name) in _LOSS_STEPS

    def _downstream(self, names: Iterable[str]) -> set[str]:
        found = set(names)
        stack = list(found)
        while stack:
            for user in self.index.graph.successors(stack.pop()):
                if user not in found:
                    found.add(user)
                    stack.append(user)
        return found

    @cached_property
    def settings(self) -> int:
        """The sources that set how a model runs: keep_prob, is_training, learning_rate."""
        from migrate.graph.candidate_names import is_setting

        found = 0
        for tensor in self.sources:
            if is_setting(self.index, tensor):
                found |= self._bits[tensor]
        return found
