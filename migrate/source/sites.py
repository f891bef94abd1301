"""Finds the export calls of a module and reads the signatures they are given, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.source import api
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.flow import Definition, Merge, Outer, Parameter, Region, Step, Value
from migrate.source.kinds import Kinds, header
from migrate.source.purity import Purity
from migrate.source.symbols import Symbols
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, META_GRAPHS, NOT_STATIC, Unprovable

PREDICT = "tensorflow/serving/predict"
CLASSIFY = "tensorflow/serving/classify"
REGRESS = "tensorflow/serving/regress"
SERVING_DEFAULT = "serving_default"


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """An input or output of a signature: its key and the tensor, as the source spells it."""

    key: str
    tensor: ast.expr


@dataclass(frozen=True, slots=True, eq=False)
class SignatureSource:
    """A SignatureDef as the source makes it.

    Attributes:
        key: Its key in the map.
        key_node: The expression of the key; None where `simple_save` implies it.
        method_name: Empty where the source gives none.
        inputs: In the order of the source.
        outputs: In the order of the source.
    """

    key: str
    key_node: ast.expr | None
    method_name: str
    inputs: tuple[Endpoint, ...]
    outputs: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ExportSite:
    """A place that exports a model.

    Attributes:
        kind: `builder` or `simple_save`.
        region: The function or module it stands in.
        call: The `simple_save` call or the builder's constructor.
        opened: The step that checks (and makes) the export directory.
        added: The steps that hand graph and values over; several only in branches that exclude each other.
        saved: The step that writes; the same as `opened` for `simple_save`.
        session: The session that holds the values.
        directory: The export directory.
        signatures: In the order of the source.
        init_ops: What is given as `main_op` or `legacy_init_op`.
        assets: What is given as `assets_collection`.
        as_text: The argument of `save`, where it is given.
    """

    kind: str
    region: Region
    call: ast.Call
    opened: Step
    added: tuple[Step, ...]
    saved: Step
    session: ast.expr
    directory: ast.expr
    signatures: tuple[SignatureSource, ...]
    init_ops: tuple[ast.expr, ...] = ()
    assets: tuple[ast.expr, ...] = ()
    as_text: ast.expr | None = None


RUN_TIME = "\0"
"""Starts the key of an endpoint whose key is an expression, or whose tensor is a comprehension over tensors."""


def read_site(candidate: Candidate, kinds: Kinds, *, run_time_keys: bool = False) -> ExportSite:
    """Reads everything about one export.

    Args:
        candidate: The export.
        kinds: Its region.
        run_time_keys: Whether keys may be such that only running the code tells; they start with `RUN_TIME` then.

    Raises:
        Unprovable: Where the source does not say it, or not surely.
    """
    reader = _SimpleSaveReader if candidate.kind is SiteKind.SIMPLE_SAVE else _BuilderReader
    return reader(candidate, kinds, run_time_keys=run_time_keys).read()


# ---- what the arguments of an export call mean ------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Frame:
    """A region being read, and for a helper function what its parameters stand for."""

    region: Region
    arguments: dict[str, tuple[ast.expr, _Frame]] = field(default_factory=dict)
    depth: int = 0


@dataclass(slots=True, eq=False)
class _Text:
    value: str
    node: ast.expr


@dataclass(slots=True, eq=False)
class _Tensor:
    node: ast.expr
    frame: _Frame


@dataclass(slots=True, eq=False)
class _Info:
    tensor: _Tensor


@dataclass(slots=True, eq=False)
class _Map:
    entries: list[tuple[_Text, _Meaning]]


@dataclass(slots=True, eq=False)
class _Signature:
    method_name: str
    inputs: _Map
    outputs: _Map


_Meaning = _Text | _Tensor | _Info | _Map | _Signature


class _Reader:
    def __init__(self, candidate: Candidate, kinds: Kinds, *, run_time_keys: bool = False) -> None:
        self.run_time_keys = run_time_keys
        self.candidate = candidate
        self.kinds = kinds
        self.region = kinds.region
        self.purity = Purity(kinds)
        self.frame = _Frame(self.region)

    def step_of(self, node: ast.AST) -> Step:
        """The step whose own expressions contain a node."""
        for step in self.region.steps:
            if step.inlined is None and any(node in walk(part) for part in header(step)):
                return step
        raise Unprovable(CONTROL_FLOW, "the export stands in code that is never reached", node)

    # -- meaning of expressions --

    def meaning(self, node: ast.expr, frame: _Frame) -> _Meaning:
        region = frame.region
        match node:
            case ast.Constant(value=str(text)):
                return _Text(text, node)
            case ast.Dict(keys=keys, values=values):
                return self._dict(keys, values, frame)
            case ast.DictComp():
                return self._comprehension(node, frame)
            case ast.Call():
                return self._call(node, frame)
            case ast.Subscript(value=base, slice=index):
                container, key = self.meaning(base, frame), self.meaning(index, frame)
                if isinstance(container, _Map) and isinstance(key, _Text):
                    for entry, value in container.entries:
                        if entry.value == key.value:
                            return value
        name = region.resolve(node)
        if name is not None:
            constant = api.constant_value(name)
            if constant is not None:
                return _Text(constant, node)
        if isinstance(node, ast.Name):
            return self._name(node, frame)
        return _Tensor(node, frame)

    def _name(self, node: ast.Name, frame: _Frame) -> _Meaning:
        value = frame.region.value_of.get(node)
        if frame.region is self.region and isinstance(value, Definition) and self._is_container(value):
            if self.purity.handed_on(value):
                raise Unprovable(NOT_STATIC, f"'{value.name}' may be changed by other code", node)
        match value:
            case Parameter(name=name) if name in frame.arguments:
                argument, caller = frame.arguments[name]
                return self.meaning(argument, caller)
            case Definition(previous=None, known=True, expression=ast.expr() as expression, path=()):
                inner = self.meaning(expression, frame)
                if not isinstance(inner, _Tensor):
                    return inner
                if isinstance(expression, ast.Name):
                    return inner
            case Definition(previous=previous) if previous is not None:
                changed = self._changed(value, frame)
                if changed is not None:
                    return changed
            case Outer(name=name):
                constant = _module_text(frame.region.symbols, name)
                if constant is not None:
                    return _Text(constant, node)
        return _Tensor(node, frame)

    def _is_container(self, value: Definition) -> bool:
        return (
            value.previous is not None
            or isinstance(value.expression, (ast.Dict, ast.DictComp, ast.List))
            or (
                isinstance(value.expression, ast.Call)
                and isinstance(value.expression.func, ast.Name)
                and value.expression.func.id == "dict"
            )
        )

    def _changed(self, value: Definition, frame: _Frame) -> _Map | None:
        """A dictionary after `d[key] = tensor`."""
        match value.step.node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(), slice=index)], value=assigned):
                before = self._of_value(value.previous, frame)
                key = self.meaning(index, frame)
                if isinstance(before, _Map) and isinstance(key, _Text):
                    kept = [entry for entry in before.entries if entry[0].value != key.value]
                    return _Map([*kept, (key, self.meaning(assigned, frame))])
        return None

    def _of_value(self, value: Value | None, frame: _Frame) -> _Meaning | None:
        match value:
            case Definition(previous=None, known=True, expression=ast.expr() as expression, path=()):
                return self.meaning(expression, frame)
            case Definition(previous=previous) if previous is not None:
                return self._changed(value, frame)
        return None

    def _dict(self, keys: list[ast.expr | None], values: list[ast.expr], frame: _Frame) -> _Map:
        entries: list[tuple[_Text, _Meaning]] = []
        for key, value in zip(keys, values, strict=True):
            if key is None:
                inner = self.meaning(value, frame)
                if not isinstance(inner, _Map):
                    raise Unprovable(NOT_STATIC, "a dictionary is made from another that cannot be read", value)
                entries += inner.entries
                continue
            text = self.meaning(key, frame)
            if not isinstance(text, _Text) and self.run_time_keys:
                text = _Text(RUN_TIME + ast.unparse(key), key)
            if not isinstance(text, _Text):
                raise Unprovable(NOT_STATIC, f"the key {ast.unparse(key)} is only known at run time", key)
            entries.append((text, self.meaning(value, frame)))
        return _Map(entries)

    def _comprehension(self, node: ast.DictComp, frame: _Frame) -> _Meaning:
        """`{k: build_tensor_info(t) for k, t in tensors.items()}`."""
        match node:
            case ast.DictComp(
                key=ast.Name(id=key),
                value=value,
                generators=[
                    ast.comprehension(
                        target=ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]),
                        iter=ast.Call(func=ast.Attribute(value=base, attr="items" | "iteritems"), args=[]),
                        ifs=[],
                    )
                ],
            ) if key == first:
                source = self.meaning(base, frame)
                if isinstance(source, _Map):
                    if isinstance(value, ast.Name) and value.id == second:
                        return source
                    if isinstance(value, ast.Call) and _last(self._resolve(value.func, frame)) == "build_tensor_info":
                        infos = [(text, self._info(inner, value)) for text, inner in source.entries]
                        return _Map(list(infos))
        if self.run_time_keys:
            return _Map([(_Text(RUN_TIME + ast.unparse(node), node), _Tensor(node, frame))])
        raise Unprovable(NOT_STATIC, "a dictionary is made by a comprehension that cannot be read", node)

    def _info(self, meaning: _Meaning, node: ast.expr) -> _Info:
        if isinstance(meaning, _Tensor):
            return _Info(meaning)
        raise Unprovable(NOT_STATIC, f"{ast.unparse(node)} is not made of a tensor that can be seen here", node)

    def _resolve(self, node: ast.expr, frame: _Frame) -> str | None:
        return frame.region.resolve(node) or frame.region.symbols.resolve(node, frame.region.scope)

    def _call(self, node: ast.Call, frame: _Frame) -> _Meaning:
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
                    if not isinstance(text, _Text):
                        raise Unprovable(NOT_STATIC, "a method name is only known at run time", method)
                    method_name = text.value
                return _Signature(method_name, self._map(inputs, frame), self._map(outputs, frame))
            case "predict_signature_def":
                inputs, outputs = bind(node, ("inputs", "outputs"))
                return _Signature(PREDICT, self._map(inputs, frame), self._map(outputs, frame))
            case "classification_signature_def":
                examples, classes, scores = bind(node, ("examples", "classes", "scores"), required=1)
                outputs_map = self._fixed({"classes": classes, "scores": scores}, frame)
                return _Signature(CLASSIFY, self._fixed({"inputs": examples}, frame), outputs_map)
            case "regression_signature_def":
                examples, predictions = bind(node, ("examples", "predictions"))
                return _Signature(
                    REGRESS,
                    self._fixed({"inputs": examples}, frame),
                    self._fixed({"outputs": predictions}, frame),
                )
        match node:
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords) if all(k.arg for k in keywords):
                return _Map(
                    [(_Text(str(k.arg), ast.Constant(str(k.arg))), self.meaning(k.value, frame)) for k in keywords]
                )
        function = frame.region.function(node.func) or frame.region.symbols.function(node.func, frame.region.scope)
        if function is not None and frame.depth < 8:
            inner = self._helper(node, function, frame)
            if inner is not None:
                return inner
        return _Tensor(node, frame)

    def _helper(self, node: ast.Call, function: ast.FunctionDef, frame: _Frame) -> _Meaning | None:
        """What a helper function of the file returns, if it is a straight line that makes signatures."""
        arguments = call_arguments(node, function)
        if arguments is None:
            return None
        region = Region(frame.region.symbols, frame.region.symbols.scope_of(function))
        returns = [step.node for step in region.steps if isinstance(step.node, ast.Return)]
        if len(returns) != 1 or returns[0].value is None:
            return None
        inner_frame = _Frame(region, {name: (value, frame) for name, value in arguments.items()}, frame.depth + 1)
        meaning = self.meaning(returns[0].value, inner_frame)
        return None if isinstance(meaning, _Tensor) and meaning.frame is inner_frame else meaning

    def _map(self, node: ast.expr | None, frame: _Frame) -> _Map:
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return _Map([])
        meaning = self.meaning(node, frame)
        if not isinstance(meaning, _Map):
            raise Unprovable(NOT_STATIC, f"the dictionary {ast.unparse(node)} is not written out here", node)
        return meaning

    def _fixed(self, tensors: dict[str, ast.expr | None], frame: _Frame) -> _Map:
        return _Map(
            [
                (_Text(key, ast.Constant(key)), self.meaning(node, frame))
                for key, node in tensors.items()
                if node is not None and not (isinstance(node, ast.Constant) and node.value is None)
            ]
        )

    # -- from meanings to the site --

    def endpoints(self, mapping: _Map, where: ast.AST) -> tuple[Endpoint, ...]:
        found: dict[str, Endpoint] = {}
        for key, meaning in mapping.entries:
            tensor = meaning.tensor if isinstance(meaning, _Info) else meaning
            if isinstance(tensor, _Text):
                tensor = _Tensor(tensor.node, self.frame)
            if not isinstance(tensor, _Tensor):
                raise Unprovable(NOT_STATIC, f"the tensor for '{key.value}' cannot be seen here", where)
            if tensor.frame is not self.frame:
                raise Unprovable(ELSEWHERE, f"the tensor for '{key.value}' is made in a helper function", tensor.node)
            found[key.value] = Endpoint(key.value, tensor.node)
        return tuple(found.values())

    def signature_map(self, node: ast.expr | None, where: ast.AST) -> tuple[SignatureSource, ...]:
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            raise Unprovable(NOT_STATIC, "it has no signature: which tensors it serves is not said in the code", where)
        signatures: dict[str, SignatureSource] = {}
        for key, meaning in self._map(node, self.frame).entries:
            if not isinstance(meaning, _Signature):
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


class _SimpleSaveReader(_Reader):
    def read(self) -> ExportSite:
        call = self.candidate.call
        step = self.step_of(call)
        if not (isinstance(step.node, ast.Expr) and step.node.value is call):
            raise Unprovable(CONTROL_FLOW, "simple_save is part of a larger expression", call)
        names = ("session", "export_dir", "inputs", "outputs", "legacy_init_op")
        session, directory, inputs, outputs, init_op = bind(call, names, required=4)
        assert session is not None
        assert directory is not None
        signature = SignatureSource(
            SERVING_DEFAULT,
            None,
            PREDICT,
            self.endpoints(self._map(inputs, self.frame), call),
            self.endpoints(self._map(outputs, self.frame), call),
        )
        return ExportSite(
            "simple_save",
            self.region,
            call,
            step,
            (step,),
            step,
            session,
            directory,
            (signature,),
            init_ops=_given(init_op),
        )


class _BuilderReader(_Reader):
    def read(self) -> ExportSite:
        call = self.candidate.call
        opened = self.step_of(call)
        match opened.node:
            case ast.Assign(targets=[ast.Name()], value=value) if value is call:
                (definition,) = opened.writes
            case _:
                raise Unprovable(ELSEWHERE, "the builder is not kept in a local name", call)
        (directory,) = bind(call, ("export_dir",))
        assert directory is not None
        added: list[tuple[Step, ast.Call, str]] = []
        saved: list[tuple[Step, ast.Call]] = []
        for step in self.region.steps:
            for name, read in _names_read(step, self.region):
                if read is not definition:
                    continue
                match step.node:
                    case ast.Expr(value=ast.Call(func=ast.Attribute(value=base, attr=method)) as used) if base is name:
                        if method in ("add_meta_graph_and_variables", "add_meta_graph"):
                            added.append((step, used, method))
                            continue
                        if method == "save":
                            saved.append((step, used))
                            continue
                    case (
                        ast.Assign(
                            targets=[ast.Name()],
                            value=ast.Call(func=ast.Attribute(value=base, attr="save")) as used,
                        )
                        | ast.Return(value=ast.Call(func=ast.Attribute(value=base, attr="save")) as used)
                    ) if base is name:
                        saved.append((step, used))
                        continue
                raise Unprovable(ELSEWHERE, "the builder is passed on to other code", name)
        if self._merged(definition):
            raise Unprovable(CONTROL_FLOW, "the builder is made in one of several branches", call)
        if len(saved) != 1 or not added:
            what = "never saved" if not saved else "saved more than once" if added else "never given a graph"
            raise Unprovable(CONTROL_FLOW, f"the builder is {what} in this function", call)
        return self._site(opened, directory, added, saved[0])

    def _merged(self, definition: Definition) -> bool:
        """Whether the builder's name may mean something else where it is used."""
        return any(
            isinstance(value, Merge) and definition in value.inputs
            for step in self.region.steps
            for value in step.reads
        )

    def _site(
        self,
        opened: Step,
        directory: ast.expr,
        added: list[tuple[Step, ast.Call, str]],
        saved: tuple[Step, ast.Call],
    ) -> ExportSite:
        for index, (step, call, method) in enumerate(added):
            if method == "add_meta_graph":
                raise Unprovable(META_GRAPHS, "it writes several MetaGraphs; TF2 writes one", call)
            if any(not _exclude(step, other) for other, _, _ in added[:index]):
                raise Unprovable(META_GRAPHS, "it adds several MetaGraphs; TF2 writes one", call)
        sources: list[tuple[SignatureSource, ...]] = []
        sessions: list[ast.expr] = []
        init_ops: list[ast.expr] = []
        assets: list[ast.expr] = []
        names = (
            "sess",
            "tags",
            "signature_def_map",
            "assets_collection",
            "legacy_init_op",
            "clear_devices",
            "main_op",
            "strip_default_attrs",
            "saver",
        )
        for _, call, _ in added:
            values = dict(zip(names, bind(call, names, required=2), strict=True))
            session, tags = values["sess"], values["tags"]
            assert session is not None
            self._tags(tags, call)
            if _given(values["saver"]):
                raise Unprovable(META_GRAPHS, "it saves its variables with a Saver of its own", call)
            sessions.append(session)
            sources.append(self.signature_map(values["signature_def_map"], call))
            init_ops += [*_given(values["legacy_init_op"]), *_given(values["main_op"])]
            assets += _given(values["assets_collection"])
        for other in sources[1:]:
            if not _same_signatures(self.region, sources[0], other):
                raise Unprovable(META_GRAPHS, "its branches export different signatures", added[1][1])
        as_text = bind(saved[1], ("as_text",), required=0)[0]
        if not isinstance(saved[0].node, ast.Expr) and as_text is not None and not isinstance(as_text, ast.Constant):
            raise Unprovable(CONTROL_FLOW, "the path that builder.save() returns depends on as_text", saved[1])
        return ExportSite(
            "builder",
            self.region,
            self.candidate.call,
            opened,
            tuple(step for step, _, _ in added),
            saved[0],
            sessions[0],
            directory,
            sources[0],
            tuple(init_ops),
            tuple(assets),
            as_text,
        )

    def _tags(self, node: ast.expr | None, call: ast.Call) -> None:
        """TF2 always writes the one tag `serve`."""
        elements = self._tag_elements(node)
        tags = [meaning.value if isinstance(meaning, _Text) else None for meaning in elements]
        if tags != ["serve"]:
            said = "tags that are only known at run time" if None in tags or not tags else f"the tags {tags}"
            raise Unprovable(META_GRAPHS, f"it writes {said}; TF2 always writes the one tag 'serve'", call)

    def _tag_elements(self, node: ast.expr | None) -> list[_Meaning]:
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return [self.meaning(element, self.frame) for element in elements]
            case ast.Name():
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    return self._tag_elements(value.expression)
        return []


def bind(call: ast.Call, names: tuple[str, ...], required: int | None = None) -> list[ast.expr | None]:
    """The arguments of a call in the order of its parameters; None for those that are not given.

    Raises:
        Unprovable: Where stars hide them, or they do not fit.
    """
    needed = len(names) if required is None else required
    found: dict[str, ast.expr] = {}
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not k.arg for k in call.keywords):
        raise Unprovable(NOT_STATIC, "its arguments are passed on with * or **", call)
    if len(call.args) > len(names):
        raise Unprovable(NOT_STATIC, "it has more arguments than TensorFlow takes", call)
    found.update(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        found[str(keyword.arg)] = keyword.value
    for name in names[:needed]:
        if name not in found:
            raise Unprovable(NOT_STATIC, f"its argument {name} is missing", call)
    return [found.get(name) for name in names]


def call_arguments(call: ast.Call, function: ast.FunctionDef) -> dict[str, ast.expr] | None:
    """What each parameter of a function of this file gets from a call, constants as defaults; None if not plain."""
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs or function.decorator_list:
        return None
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not k.arg for k in call.keywords):
        return None
    names = [argument.arg for argument in [*arguments.args, *arguments.kwonlyargs]]
    bound: dict[str, ast.expr] = {}
    defaults = arguments.defaults
    for argument, default in zip(arguments.args[len(arguments.args) - len(defaults) :], defaults, strict=True):
        bound[argument.arg] = default
    for argument, kw_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if kw_default is not None:
            bound[argument.arg] = kw_default
    if any(not isinstance(default, ast.Constant) for default in bound.values()) or len(call.args) > len(names):
        return None
    bound.update(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in names:
            return None
        bound[str(keyword.arg)] = keyword.value
    return bound if set(bound) == set(names) else None


def _names_read(step: Step, region: Region) -> Iterator[tuple[ast.Name, Value]]:
    for part in header(step):
        yield from region.names(part)


def _given(node: ast.expr | None) -> tuple[ast.expr, ...]:
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return ()
    return (node,)


def _exclude(one: Step, other: Step) -> bool:
    """Whether two steps stand in different branches of the same if, so that only one of them runs."""
    for mine in one.branches:
        for theirs in other.branches:
            if mine.step is theirs.step and mine.name != theirs.name and isinstance(mine.step.node, ast.If):
                return True
    return False


def _same_signatures(region: Region, one: tuple[SignatureSource, ...], other: tuple[SignatureSource, ...]) -> bool:
    def shape(signatures: tuple[SignatureSource, ...]) -> list[object]:
        return [
            (
                signature.key,
                signature.method_name,
                [(endpoint.key, _identity(region, endpoint.tensor)) for endpoint in signature.inputs],
                [(endpoint.key, _identity(region, endpoint.tensor)) for endpoint in signature.outputs],
            )
            for signature in signatures
        ]

    return shape(one) == shape(other)


def _identity(region: Region, tensor: ast.expr) -> tuple[str, tuple[int, ...]]:
    return ast.dump(tensor), tuple(id(value) for _, value in region.names(tensor))


def _module_text(symbols: Symbols, name: str) -> str | None:
    """The text of a module's string constant that is bound only once."""
    from migrate.source.symbols import Assigned

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
