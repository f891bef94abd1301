"""One `tf.function` for each signature: its inputs, its outputs, and where its slice ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from migrate.source.flow import (
    Definition,
    Merge,
    Parameter,
    Step,
)
from migrate.source.kinds import IN_GRAPH, Kind
from migrate.source.sites import Endpoint, SignatureSource
from migrate.source.slicing.cuts import Cuts, expression_key, parameter_of_call
from migrate.source.specs import UNKNOWN, Shape
from migrate.source.strategies.base import PlannerBase
from migrate.source.strategies.naming import identifier, refuse_key
from migrate.source.strategies.plan import Function, Input
from migrate.source.unprovable import (
    ELSEWHERE,
    INPUT,
    NOT_STATIC,
    SIDE_EFFECTS,
    Unprovable,
)


class FunctionPlanner(PlannerBase):
    """Plans the functions."""

    def _functions(self) -> None:
        plan = self.plan_
        for site in self.sites:
            for signature in site.signatures:
                same = next((f for f in plan.functions if self._same(f.signature, signature)), None)
                if same is None:
                    same = self._function(signature)
                    plan.functions.append(same)
                plan.keys[signature] = same
                if not signature.method_name:
                    raise Unprovable(
                        NOT_STATIC,
                        f"the signature '{signature.key}' has no method name; TF2 always writes one",
                        site.call,
                    )
        plan.helpers = {function for f in plan.functions for function in f.slice.functions}

    def _same(self, one: SignatureSource, other: SignatureSource) -> bool:
        def shape(signature: SignatureSource) -> object:
            return (
                [
                    (e.key, ast.dump(e.tensor), [id(v) for _, v in self.region.names(e.tensor)])
                    for e in signature.inputs
                ],
                [
                    (e.key, ast.dump(e.tensor), [id(v) for _, v in self.region.names(e.tensor)])
                    for e in signature.outputs
                ],
            )

        return shape(one) == shape(other)

    def _function(self, signature: SignatureSource) -> Function:
        cuts = Cuts()
        plain = [re.sub(r"\W", "_", endpoint.key).lower() for endpoint in signature.inputs]
        if len(set(plain)) < len(plain):
            raise Unprovable(INPUT, f"the input keys of '{signature.key}' differ only in what TF2 does not tell apart")
        inputs: list[Input] = []
        names: set[str] = {"self"}
        for endpoint in signature.inputs:
            entry = self._input(endpoint, signature, names)
            names.add(entry.parameter)
            self._cut(entry, cuts)
            inputs.append(entry)
        if not signature.outputs:
            raise Unprovable(NOT_STATIC, f"the signature '{signature.key}' has no outputs")
        for endpoint in signature.outputs:
            self._check_output(endpoint)
        found = self.slicer.slice([endpoint.tensor for endpoint in signature.outputs], cuts)
        for endpoint in signature.outputs:
            self._refuse_renamed(endpoint, found.steps)
        return Function(
            self._fresh(identifier(signature.key)), signature, tuple(inputs), signature.outputs, cuts, found
        )

    def _input(self, endpoint: Endpoint, signature: SignatureSource, names: set[str]) -> Input:
        tensor = endpoint.tensor
        refuse_key(endpoint)
        kind = self.kinds.of(tensor)
        if kind not in (Kind.PLACEHOLDER, Kind.TENSOR):
            raise Unprovable(ELSEWHERE, f"the input '{endpoint.key}' ({ast.unparse(tensor)}) is made elsewhere", tensor)
        if isinstance(tensor, ast.Name) and isinstance(self.region.value_of.get(tensor), Merge):
            tensor = self._decided(tensor)
        call = parameter_of_call(tensor, self.region)
        if call is not None and self.kinds.symbol(call) in ("sparse_placeholder", "sparse.placeholder"):
            raise Unprovable(INPUT, f"the input '{endpoint.key}' is sparse; TF2 exports it as three inputs", tensor)
        dtype = self.specs.dtype(tensor)
        if dtype is None:
            raise Unprovable(INPUT, f"the dtype of the input '{endpoint.key}' cannot be read off the source", tensor)
        shape = self.specs.shape(tensor)
        if shape is None:
            raise Unprovable(INPUT, f"the shape of the input '{endpoint.key}' cannot be read off the source", tensor)
        for size in (shape.whole, *(shape.dimensions or ())):
            if isinstance(size, ast.expr) and any(
                self.kinds.value(value) in IN_GRAPH for _, value in self.region.names(size)
            ):
                raise Unprovable(INPUT, f"the shape of the input '{endpoint.key}' is taken from another tensor", tensor)
        if shape == UNKNOWN and call is not None and self.specs.parses(call):
            # tf.io.parse_example takes a batch only, whatever the placeholder says.
            shape = Shape((None,))
        named = isinstance(endpoint.tensor, ast.Name)
        parameter = endpoint.tensor.id if isinstance(endpoint.tensor, ast.Name) else identifier(endpoint.key)
        keys = {other.key for other in signature.inputs if other.key != endpoint.key}
        while parameter in names or parameter in keys or (not named and self._in_use(parameter)):
            parameter += "_input"
        return Input(endpoint.key, parameter, endpoint.tensor, dtype, shape)

    def _decided(self, node: ast.Name) -> ast.expr:
        """The expression behind a name that different branches set, where the branch is known."""
        value = self.region.decided(self.region.value_of[node], self.facts)
        if isinstance(value, Definition) and value.known and value.expression is not None and not value.path:
            return value.expression
        return node

    def _in_use(self, name: str) -> bool:
        """Whether code that may go into a function means something else by a name."""
        return (
            any(made.name == name for step in self.region.steps for made in step.writes)
            or any(read.id == name for read in self.region.value_of)
            or name in self.region.symbols.module.bindings
        )

    def _cut(self, entry: Input, cuts: Cuts) -> None:
        tensor = entry.tensor
        key = expression_key(tensor, self.region)
        if key is not None:
            if key in cuts.expressions:
                raise Unprovable(INPUT, f"the input '{entry.key}' is fed under two keys", tensor)
            cuts.expressions[key] = entry.parameter
        if isinstance(tensor, ast.Call):
            cuts.calls[tensor] = entry.parameter
        call = parameter_of_call(tensor, self.region)
        if call is not None and self.kinds.of(call) is Kind.PLACEHOLDER:
            cuts.calls[call] = entry.parameter

    def _refuse_renamed(self, endpoint: Endpoint, steps: Iterable[Step]) -> None:
        """`z = y` and then another `y`: what was found for z is a value whose name means another one in the end."""
        order = {step: at for at, step in enumerate(self.region.steps)}
        for node, value in self.region.names(endpoint.tensor):
            for step in steps:
                if not isinstance(value, Definition) or value.step not in order or step not in order:
                    continue
                if order[step] > order[value.step] and any(
                    made.name == node.id and made is not value for made in step.writes
                ):
                    reason = f"the output '{endpoint.key}' is a value of '{node.id}', which gets another one later"
                    raise Unprovable(NOT_STATIC, reason, endpoint.tensor)

    def _check_output(self, endpoint: Endpoint) -> None:
        for _, value in self.region.names(endpoint.tensor):
            if isinstance(value, Parameter):
                raise Unprovable(
                    ELSEWHERE,
                    f"the output '{endpoint.key}' comes in as the parameter '{value.name}'",
                    endpoint.tensor,
                )
        kind = self.kinds.of(endpoint.tensor)
        if kind in (Kind.ASSIGN, Kind.INIT, Kind.TRAIN):
            raise Unprovable(
                SIDE_EFFECTS, f"the output '{endpoint.key}' changes variables when it is run", endpoint.tensor
            )
        if kind not in IN_GRAPH:
            what = ast.unparse(endpoint.tensor)
            raise Unprovable(ELSEWHERE, f"the output '{endpoint.key}' ({what}) is made elsewhere", endpoint.tensor)
