"""Sums that take one argument of a function twice, kept from an optimizer that computes them wrong.

TensorFlow 2.21 turns If and While back into Switch and Merge before it optimizes. Where a sum of three or more
terms of different shapes has one term twice, and this term is a value that comes straight out of a Switch, Grappler
makes `2 * term` of it and lets the constant wait for the wrong side of the Switch
(`SimplifyAggregationStage` in tensorflow/core/grappler/optimizers/arithmetic_optimizer.cc): the result is an empty
tensor, without an error. Measured with `tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y + b + b), ...)`
where `b` is the value of a variable. It does not see through PlaceholderWithDefault, which hands its input on.
"""

from __future__ import annotations

from typing import Any

_ADDS = frozenset({"Add", "AddV2", "AddN"})


def part_repeated_terms(function: Any) -> None:
    """Lets sums in a FunctionDef take an argument once by its name, and again through a PlaceholderWithDefault."""
    arguments = frozenset(argument.name for argument in function.signature.input_arg)
    _Parting(function.node_def, arguments, ":output:0").run()


def part_repeated_switched(graph_def: Any) -> None:
    """The same for a graph in which Switches stay: what comes out of one is what a function's argument becomes."""
    if any(node.op == "Switch" for node in graph_def.node):
        _Parting(graph_def.node, frozenset(), "").run()


class _Parting:
    """Parts the sums of a graph or of a function's body.

    Args:
        nodes: Its NodeDefs.
        arguments: The names of the function's arguments; a graph has none.
        first_output: What follows a node's name where its first output is taken.
    """

    def __init__(self, nodes: Any, arguments: frozenset[str], first_output: str) -> None:
        self._all = nodes
        self._arguments = arguments
        self._first_output = first_output
        self._nodes = {node.name: node for node in nodes}
        self._terms: dict[str, frozenset[str]] = {}

    def run(self) -> None:
        for node in list(self._all):
            if node.op in _ADDS:
                self._terms_of_node(node.name)

    def _terms_of_node(self, start: str) -> frozenset[str]:
        """The arguments that a sum adds up, sums in it included; parts it where one would come twice."""
        stack = [start]
        while stack:
            name = stack[-1]
            if name in self._terms:
                stack.pop()
                continue
            inputs = [text for text in self._nodes[name].input if not text.startswith("^")]
            pending = [giver for text in inputs if (giver := self._sum_behind(text)) and giver not in self._terms]
            if pending:
                stack.extend(pending)
                continue
            self._terms[name] = self._part(self._nodes[name])
        return self._terms[start]

    def _part(self, node: Any) -> frozenset[str]:
        found: set[str] = set()
        for number, text in enumerate(node.input):
            if text.startswith("^"):
                continue
            behind = self._sum_behind(text)
            terms = self._terms[behind] if behind else self._leaf(self._source(text))
            if terms & found:
                node.input[number] = self._wrap(node, text)
            else:
                found |= terms
        return frozenset(found)

    def _leaf(self, source: str) -> frozenset[str]:
        """The term itself, where it comes out of a Switch or will."""
        node = self._nodes.get(source.partition(":")[0])
        is_switched = node is not None and node.op == "Switch"
        return frozenset({source}) if is_switched or source in self._arguments else frozenset()

    def _source(self, text: str) -> str:
        """Where a value comes from, through Identity: an argument's name, or a node's output."""
        while (node := self._nodes.get(text.partition(":")[0])) is not None and node.op == "Identity":
            text = next(given for given in node.input if not given.startswith("^"))
        return text

    def _sum_behind(self, text: str) -> str | None:
        """The sum whose result a value is."""
        node = self._nodes.get(self._source(text).partition(":")[0])
        return str(node.name) if node is not None and node.op in _ADDS else None

    def _wrap(self, node: Any, text: str) -> str:
        name = f"{node.name}/again"
        while name in self._nodes or name in self._arguments:
            name += "_"
        wrapper = self._all.add(name=name, op="PlaceholderWithDefault")
        wrapper.input.append(text)
        wrapper.attr["dtype"].type = node.attr["T"].type
        wrapper.attr["shape"].shape.unknown_rank = True
        self._nodes[name] = wrapper
        return f"{name}{self._first_output}"
