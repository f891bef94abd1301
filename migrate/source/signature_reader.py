"""Reads what the arguments of an export mean: texts, tensors, TensorInfos, signatures and dictionaries of these."""

from __future__ import annotations

import ast

from migrate.source import api
from migrate.source.arguments import bind, call_arguments
from migrate.source.candidates import Candidate
from migrate.source.dictionary_reader import DictionaryReader
from migrate.source.flow import Definition, Merge, Outer, Parameter, Region, Step
from migrate.source.kinds import Kinds, header
from migrate.source.meanings import Frame, Info, Map, Meaning, SignatureDef, Tensor, Text
from migrate.source.sites import CLASSIFY, PREDICT, REGRESS, RUN_TIME, Endpoint, SignatureSource
from migrate.source.symbols import Assigned, Symbols
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, NOT_STATIC, Unprovable


class SignatureReader(DictionaryReader):
    """Reads the arguments of one export."""

    def __init__(self, candidate: Candidate, kinds: Kinds, *, run_time_keys: bool = False) -> None:
        """Takes the export.

        Args:
            candidate: The call.
            kinds: Its region.
            run_time_keys: Whether keys may be such that only running the code tells.
        """
        super().__init__(kinds, run_time_keys=run_time_keys)
        self.candidate = candidate
        self.frame = Frame(self.region)

    def step_of(self, node: ast.AST) -> Step:
        """The step whose own expressions contain a node."""
        for step in self.region.steps:
            if step.inlined is None and any(node in walk(part) for part in header(step)):
                return step
        raise Unprovable(CONTROL_FLOW, "the export stands in code that is never reached", node)

    # -- meaning of expressions --

    def meaning(self, node: ast.expr, frame: Frame) -> Meaning:
        """What an expression means.

        Raises:
            Unprovable: It is a dictionary, a TensorInfo or a signature that cannot be read.
        """
        region = frame.region
        match node:
            case ast.Constant(value=str(text)):
                return Text(text, node)
            case ast.Dict(keys=keys, values=values):
                return self.written(keys, values, frame)
            case ast.DictComp():
                return self.comprehended(node, frame)
            case ast.Call():
                return self._call(node, frame)
            case ast.Subscript(value=base, slice=index):
                container, key = self.meaning(base, frame), self.meaning(index, frame)
                if isinstance(container, Map) and isinstance(key, Text):
                    for entry, value in container.entries:
                        if entry.value == key.value:
                            return value
        name = region.resolve(node)
        if name is not None:
            constant = api.constant_value(name)
            if constant is not None:
                return Text(constant, node)
        if isinstance(node, ast.Name):
            return self._name(node, frame)
        return Tensor(node, frame)

    def _name(self, node: ast.Name, frame: Frame) -> Meaning:
        value = frame.region.value_of.get(node)
        bound = self.bound(node, frame)
        if bound is not None:
            return bound
        if frame.region is self.region and isinstance(value, Definition) and self._is_container(value):
            if self.purity.in_place.handed_on(value):
                raise Unprovable(NOT_STATIC, f"'{value.name}' may be changed by other code", node)
        match value:
            case Parameter(name=name) if name in frame.arguments:
                argument, caller = frame.arguments[name]
                return self.meaning(argument, caller)
            case Definition(previous=None, known=True, expression=ast.expr() as expression, path=()):
                inner = self.meaning(expression, frame)
                if not isinstance(inner, Tensor):
                    return inner
                if isinstance(expression, ast.Name):
                    return inner
            case Definition(previous=previous) if previous is not None:
                changed = self.changed(value, frame)
                if changed is not None:
                    return changed
            case Merge():
                looped = self.looped(value, frame)
                if looped is not None:
                    return looped
            case Outer(name=name):
                constant = _module_text(frame.region.symbols, name)
                if constant is not None:
                    return Text(constant, node)
        return Tensor(node, frame)

    def _is_container(self, value: Definition) -> bool:
        return (
            value.previous is not None
            or isinstance(value.expression, (ast.Dict, ast.DictComp, ast.List))
            or (isinstance(value.expression, ast.Call) and self.is_dict(value.expression.func, self.frame))
        )

    def _info(self, meaning: Meaning, node: ast.expr) -> Info:
        if isinstance(meaning, Tensor):
            return Info(meaning)
        raise Unprovable(NOT_STATIC, f"{ast.unparse(node)} is not made of a tensor that can be seen here", node)

    def _resolve(self, node: ast.expr, frame: Frame) -> str | None:
        return frame.region.resolve(node) or frame.region.symbols.resolve(node, frame.region.scope)

    def _call(self, node: ast.Call, frame: Frame) -> Meaning:
        name = _last(self._resolve(node.func, frame))
        match name:
            case "build_tensor_info":
                (tensor,) = bind(node, ("tensor",))
                assert tensor is not None
                return self._info(self.meaning(tensor, frame), node)
            case "build_signature_def":
                inputs, outputs, method = bind(node, ("inputs", "outputs", "method_name"), required=0)[:3]
                method_name = ""
                if method is not None and not (isinstance(method, ast.Constant) and method.value is None):
                    text = self.meaning(method, frame)
                    if not isinstance(text, Text):
                        raise Unprovable(NOT_STATIC, "a method name is only known at run time", method)
                    method_name = text.value
                return SignatureDef(method_name, self._map(inputs, frame), self._map(outputs, frame))
            case "predict_signature_def":
                inputs, outputs = bind(node, ("inputs", "outputs"))
                return SignatureDef(PREDICT, self._map(inputs, frame), self._map(outputs, frame))
            case "classification_signature_def":
                examples, classes, scores = bind(node, ("examples", "classes", "scores"), required=1)
                outputs_map = self._fixed({"classes": classes, "scores": scores}, frame)
                return SignatureDef(CLASSIFY, self._fixed({"inputs": examples}, frame), outputs_map)
            case "regression_signature_def":
                examples, predictions = bind(node, ("examples", "predictions"))
                return SignatureDef(
                    REGRESS,
                    self._fixed({"inputs": examples}, frame),
                    self._fixed({"outputs": predictions}, frame),
                )
        mapping = self.called(node, frame)
        if mapping is not None:
            return mapping
        function = frame.region.function(node.func) or frame.region.symbols.function(node.func, frame.region.scope)
        if function is not None and frame.depth < 8:
            inner = self._helper(node, function, frame)
            if inner is not None:
                return inner
        return Tensor(node, frame)

    def _helper(self, node: ast.Call, function: ast.FunctionDef, frame: Frame) -> Meaning | None:
        """What a helper function of the file returns, if it is a straight line that makes signatures."""
        arguments = call_arguments(node, function)
        if arguments is None:
            return None
        region = Region(frame.region.symbols, frame.region.symbols.scope_of(function))
        returns = [step.node for step in region.steps if isinstance(step.node, ast.Return)]
        if len(returns) != 1 or returns[0].value is None:
            return None
        inner_frame = Frame(region, {name: (value, frame) for name, value in arguments.items()}, frame.depth + 1)
        meaning = self.meaning(returns[0].value, inner_frame)
        return None if isinstance(meaning, Tensor) and meaning.frame is inner_frame else meaning

    def _map(self, node: ast.expr | None, frame: Frame) -> Map:
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return Map([])
        meaning = self.meaning(node, frame)
        if not isinstance(meaning, Map):
            raise Unprovable(NOT_STATIC, f"the dictionary {ast.unparse(node)} is not written out here", node)
        return meaning

    def _fixed(self, tensors: dict[str, ast.expr | None], frame: Frame) -> Map:
        return Map(
            [
                (Text(key, ast.Constant(key)), self.meaning(node, frame))
                for key, node in tensors.items()
                if node is not None and not (isinstance(node, ast.Constant) and node.value is None)
            ]
        )

    # -- from meanings to the site --

    def endpoints(self, mapping: Map, where: ast.AST) -> tuple[Endpoint, ...]:
        """The inputs or outputs in a dictionary.

        Raises:
            Unprovable: One of them is no tensor of the export's own function.
        """
        found: dict[str, Endpoint] = {}
        for key, meaning in mapping.entries:
            tensor = meaning.tensor if isinstance(meaning, Info) else meaning
            if isinstance(tensor, Text):
                tensor = Tensor(tensor.node, self.frame)
            if not isinstance(tensor, Tensor):
                raise Unprovable(NOT_STATIC, f"{_tensor_for(key)} cannot be seen here", where)
            if tensor.frame is not self.frame:
                raise Unprovable(ELSEWHERE, f"{_tensor_for(key)} is made in a helper function", tensor.node)
            found[key.value] = Endpoint(key.value, tensor.node, key.node)
        return tuple(found.values())

    def signature_map(self, node: ast.expr | None, where: ast.AST) -> tuple[SignatureSource, ...]:
        """The signatures in a dictionary.

        Raises:
            Unprovable: There are none, or they cannot be read.
        """
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            raise Unprovable(NOT_STATIC, "it has no signature: which tensors it serves is not said in the code", where)
        signatures: dict[str, SignatureSource] = {}
        for key, meaning in self._map(node, self.frame).entries:
            if not isinstance(meaning, SignatureDef):
                if key.value.startswith(RUN_TIME):
                    raise Unprovable(NOT_STATIC, "the key of a signature is only known at run time", key.node)
                raise Unprovable(NOT_STATIC, f"the signature '{key.value}' is made where it cannot be read", key.node)
            signatures[key.value] = SignatureSource(
                key.value,
                key.node,
                meaning.method_name,
                self.endpoints(meaning.inputs, where),
                self.endpoints(meaning.outputs, where),
            )
        if not signatures:
            raise Unprovable(NOT_STATIC, "its signature map is empty", where)
        return tuple(signatures.values())


def _module_text(symbols: Symbols, name: str) -> str | None:
    """The text of a module's string constant that is bound only once."""
    match symbols.module.bindings.get(name):
        case [Assigned(value=ast.Constant(value=str(text)))]:
            return text
        case [Assigned(value=value)]:
            resolved = symbols.resolve(value, symbols.module)
            return api.constant_value(resolved) if resolved else None
    return None


def _last(name: str | None) -> str | None:
    if name is None:
        return None
    return name.rpartition(".")[2]


def _tensor_for(key: Text) -> str:
    """How a tensor is called in a reason, by its key."""
    if not key.value.startswith(RUN_TIME):
        return f"the tensor for '{key.value}'"
    expression = key.value.removeprefix(RUN_TIME)
    return "a dictionary of tensors" if isinstance(key.node, ast.DictComp) else f"the tensor for the key `{expression}`"
