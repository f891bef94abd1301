"""Which arguments of a library function may change which of its results, and what else a call of it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.graph.functions import reachable
from migrate.graph.handles import READS_RESOURCE
from migrate.graph.registry import OpRegistry, runtime_ops

if TYPE_CHECKING:
    from collections.abc import Iterable

CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
"""Operations whose inputs and outputs are a function's arguments and results, one for one."""

_READS = READS_RESOURCE | {
    *("VarHandleOp", "Variable", "VariableV2", "Placeholder", "PlaceholderV2", "Assert", "Print", "PrintV2"),
    *("HashTable", "HashTableV2", "MutableHashTable", "MutableHashTableV2"),
    *("MutableDenseHashTable", "MutableDenseHashTableV2", "StatelessRandomGetAlg"),
    *("LookupTableFind", "LookupTableFindV2", "LookupTableSize", "LookupTableSizeV2"),
    *("LookupTableExport", "LookupTableExportV2", "StatefulPartitionedCall", "If", "Case", "While"),
}
"""Operations that count as stateful and that change nothing; what the functions they call do is seen there."""

_RANDOM = frozenset(
    {
        *("RandomUniform", "RandomUniformInt", "RandomStandardNormal", "TruncatedNormal", "RandomGamma"),
        *("ParameterizedTruncatedNormal", "RandomPoisson", "RandomPoissonV2", "Multinomial", "RandomShuffle"),
        *("RandomCrop", "StatefulRandomBinomial", "UniformCandidateSampler", "LogUniformCandidateSampler"),
    }
)


class Bodies:
    """The function library of a MetaGraphDef.

    Args:
        meta_graph: It is not changed.
    """

    def __init__(self, meta_graph: Any) -> None:
        self._functions = {function.signature.name: function for function in meta_graph.graph_def.library.function}
        self._registry = OpRegistry(
            runtime_ops(),
            meta_graph.meta_info_def.stripped_op_list.op,
            (function.signature for function in self._functions.values()),
        )
        self._known: dict[tuple[str, int], frozenset[int] | None] = {}
        self._effects: dict[str, tuple[str, ...]] = {}

    def effects(self, node: Any) -> tuple[str, ...]:
        """The operations in what a top-level node calls that change state or draw random numbers, sorted."""
        if node.name not in self._effects:
            bodies = [self._functions[name] for name in reachable([node], self._functions)]
            ops = {inner.op for body in bodies for inner in body.node_def}
            found = (op for op in ops - _READS - set(self._functions) if self._registry.is_stateful(op))
            self._effects[node.name] = tuple(sorted(found))
        return self._effects[node.name]

    def inputs_behind(self, node: Any, port: int) -> list[str]:
        """The inputs of a node, as it spells them, that may change the value of one of its outputs.

        The order in which things happen matters to operations with state only.

        Args:
            node: A NodeDef of the graph.
            port: The output's number; -1 asks for everything it waits for.
        """
        data = [text for text in node.input if not text.startswith("^")]
        control = [text for text in node.input if text.startswith("^")]
        if port < 0:
            return [*data, *control]
        if node.op in CALLS:
            numbers = self.arguments_behind(node.attr["f"].func.name, port)
            if numbers is not None:
                data = [text for number, text in enumerate(data) if number in numbers]
        elif node.op == "IdentityN" and port < len(data):
            data = [data[port]]
        return [*data, *control] if self._registry.is_stateful(node.op) else data

    def arguments_behind(self, name: str, result: int) -> frozenset[int] | None:
        """The numbers of a function's arguments that may change one of its results; None for all of them."""
        key = (name, result)
        if key not in self._known:
            self._known[key] = None  # For a function that calls itself.
            self._known[key] = self._walk(name, result)
        return self._known[key]

    def _walk(self, name: str, result: int) -> frozenset[int] | None:
        function = self._functions.get(name)
        if function is None or result >= len(function.signature.output_arg):
            return None
        signature = function.signature
        arguments = {argument.name: number for number, argument in enumerate(signature.input_arg)}
        if any(argument.number_attr or argument.type_list_attr for argument in signature.input_arg):
            return None
        nodes = {node.name: node for node in function.node_def}
        found: set[int] = set()
        stack = [function.ret[signature.output_arg[result].name]]
        seen = set(stack)
        while stack:
            text = stack.pop()
            if text in arguments:
                found.add(arguments[text])
                continue
            node = nodes.get(text.removeprefix("^").partition(":")[0])
            if node is not None:
                new = set(self.inputs_behind(node, _port(text))) - seen
                seen |= new
                stack.extend(new)
        return frozenset(found)


def _port(text: str) -> int:
    """`node:argument:number` in a function's body. The number is the port where there is one argument, as calls have."""
    if text.startswith("^"):
        return -1
    number = text.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def only_random(effects: Iterable[str]) -> bool:
    """Whether these effects are but random numbers: running the operation once more does no harm."""
    return all(op in _RANDOM for op in effects)
