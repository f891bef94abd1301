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
    _Parting(function).run()


class _Parting:
    def __init__(self, function: Any) -> None:
        self._function = function
        self._arguments = frozenset(argument.name for argument in function.signature.input_arg)
        self._nodes = {node.name: node for node in function.node_def}
        self._terms: dict[str, frozenset[str]] = {}

    def run(self) -> None:
        for node in list(self._function.node_def):
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
            terms = self._terms[behind] if behind else self._arguments & {self._source(text)}
            if terms & found:
                node.input[number] = self._wrap(node, text)
            else:
                found |= terms
        return frozenset(found)

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
        wrapper = self._function.node_def.add(name=name, op="PlaceholderWithDefault")
        wrapper.input.append(text)
        wrapper.attr["dtype"].type = node.attr["T"].type
        wrapper.attr["shape"].shape.unknown_rank = True
        self._nodes[name] = wrapper
        return f"{name}:output:0"
