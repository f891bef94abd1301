"""Finds the steps of an export, and reads what each is given, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.arguments import bind
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.flow import Definition, Merge, Region, Step, Value
from migrate.source.kinds import Kinds, header
from migrate.source.signature_reader import SignatureReader
from migrate.source.sites import PREDICT, SERVING_DEFAULT, ExportSite, SignatureSource
from migrate.source.tags import TagReader
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, META_GRAPHS, Unprovable


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


class _SimpleSaveReader(SignatureReader):
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


class _BuilderReader(TagReader):
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
        tags: list[ast.expr | None] = []
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
            session = values["sess"]
            assert session is not None
            tags.append(self.tags(values["tags"], call))
            if _given(values["saver"]):
                raise Unprovable(META_GRAPHS, "it saves its variables with a Saver of its own", call)
            sessions.append(session)
            sources.append(self.signature_map(values["signature_def_map"], call))
            init_ops += [*_given(values["legacy_init_op"]), *_given(values["main_op"])]
            assets += _given(values["assets_collection"])
        for other in sources[1:]:
            if not _same_signatures(self.region, sources[0], other):
                raise Unprovable(META_GRAPHS, "its branches export different signatures", added[1][1])
        self.refuse_other_tags(tags, added[0][0], saved[0])
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
            tags[0],
        )


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
