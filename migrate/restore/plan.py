"""From a model and what is asked for to its new content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from migrate.errors import MigrateError
from migrate.restore.changes import refuse_contradictions
from migrate.restore.edit import broken_contracts, edit_signatures, written_signatures
from migrate.restore.originals import match, original_meta_graph
from migrate.restore.restoration import MetaGraphRestoration, SignatureChange
from migrate.signatures.fingerprint import Same
from migrate.signatures.layout import objects_of, spliced, with_meta_graphs, with_objects
from migrate.signatures.model import BOOKKEEPING
from migrate.signatures.read import meta_graph_of, parse_meta_graph
from migrate.signatures.rope import Rope, difference, rope
from migrate.signatures.text_form import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from migrate.restore.changes import Changes
    from migrate.restore.edit import Broken, Signature
    from migrate.restore.originals import Match
    from migrate.signatures.layout import MetaGraphLayout
    from migrate.signatures.model import MetaGraph
    from migrate.signatures.model_file import ModelFile

    GraphEdit = Callable[[Any, tuple[str, ...]], tuple[str, ...]]
    """Changes a `tensorflow.MetaGraphDef` with these tags in place, and says what the reader should know."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the model becomes.

    Attributes:
        changed: Whether anything changes.
        content: The new content of its file, in spans of the old one.
        meta_graphs: The same in words.
        broken: Demands that are no longer met.
        same: What of it stays as it is.
    """

    changed: bool
    content: Rope
    meta_graphs: tuple[MetaGraphRestoration, ...]
    broken: tuple[Broken, ...]
    same: Same


@dataclass(frozen=True, slots=True, eq=False)
class _Edited:
    layout: MetaGraphLayout
    content: Rope
    restoration: MetaGraphRestoration
    broken: tuple[Broken, ...]
    same_objects: bool


def make_plan(
    model: ModelFile,
    changes: Changes,
    *,
    tags: tuple[str, ...] | None,
    originals: Sequence[MetaGraph] | None = None,
    graph_edits: Sequence[GraphEdit] = (),
    force: bool = False,
) -> Plan:
    """The new content of a model's file.

    Args:
        model: The open model.
        changes: What is asked for.
        tags: Of the only MetaGraph to change; all where None.
        originals: The MetaGraphs of the model that it replaces, whose method names it gets.
        graph_edits: What else is to be done to each MetaGraph, after its signatures.
        force: Whether to take from the originals also method names whose API could never take the signature.

    Raises:
        MigrateError: It cannot be done; the message does not name the model.
    """
    refuse_contradictions(changes)
    selected = _selected(model, tags)
    _refuse_unknown(selected, changes)
    edited = [_edit(model, layout, changes, originals, graph_edits, force=force) for layout in selected]
    changed = {one.layout: one.content for one in edited if one.content != rope(one.layout.value)}
    content = with_meta_graphs(len(model.buffer), changed)
    if model.is_text:
        text = model.path.read_bytes()
        content = difference(text, text_of(content.bytes_from(model.buffer)) if changed else text)
    return Plan(
        changed=bool(changed),
        content=content,
        meta_graphs=tuple(one.restoration for one in edited),
        broken=tuple(broken for one in edited for broken in one.broken),
        same=Same(graph=not graph_edits, objects=all(one.same_objects for one in edited)),
    )


def _selected(model: ModelFile, tags: tuple[str, ...] | None) -> list[MetaGraphLayout]:
    if tags is None:
        return list(model.meta_graphs)
    wanted = tuple(sorted(set(tags)))
    found = [layout for layout in model.meta_graphs if layout.tags == wanted]
    if not found:
        there = "; ".join(",".join(layout.tags) or "(none)" for layout in model.meta_graphs)
        raise MigrateError(f"no MetaGraph has the tags {','.join(wanted) or '(none)'}; there is: {there}")
    return found


def _refuse_unknown(layouts: Iterable[MetaGraphLayout], changes: Changes) -> None:
    """Every key that is named must be somewhere, and none may be one of TensorFlow's own."""
    before = {entry.key for layout in layouts for entry in layout.entries} - BOOKKEEPING
    olds = [*(pair.old for pair in (*changes.copies, *changes.renames)), *changes.removals]
    for key in olds:
        if key not in before:
            raise MigrateError(f"no signature `{key}`; there is: {_listed(before)}")
    gone = {*changes.removals, *(pair.old for pair in changes.renames)}
    after = (before - gone) | {pair.new for pair in (*changes.copies, *changes.renames)}
    renamed = [one.signature for one in changes.key_renames]
    for key in (*renamed, *(one.signature for one in changes.method_names), *changes.wrapped):
        if key not in after:
            hint = f" (to make it from another one add `--copy OTHER={key}`)" if after and key not in gone else ""
            raise MigrateError(f"no signature `{key}`; there is: {_listed(after)}{hint}")


def _edit(
    model: ModelFile,
    layout: MetaGraphLayout,
    changes: Changes,
    originals: Sequence[MetaGraph] | None,
    graph_edits: Sequence[GraphEdit],
    *,
    force: bool,
) -> _Edited:
    signatures = edit_signatures(layout, changes)
    matches: tuple[Match, ...] = ()
    tolerated: Mapping[str, frozenset[str]] = {}
    notes: list[str] = []
    if originals is not None:
        original = original_meta_graph(originals, layout.tags)
        if original is None:
            notes.append(f"the original has no MetaGraph with the tags {','.join(layout.tags)}")
        else:
            by_key = {one.key: one.after for one in signatures if one.key not in BOOKKEEPING}
            named = frozenset([*(one.signature for one in changes.method_names), *changes.wrapped])
            matched = match(original, by_key, named, force=force)
            matches, tolerated = matched.matches, matched.tolerated
            # What is asked for by name counts more.
            both = replace(changes, method_names=(*matched.method_names, *changes.method_names))
            signatures = edit_signatures(layout, both)
    replacements = written_signatures(layout, signatures)
    objects_changed = False
    if layout.objects and _concerns_objects(signatures, layout):
        from migrate.restore.objects import edit_objects

        edited = edit_objects(objects_of(model.buffer, layout), signatures)
        notes += edited.notes
        objects_changed = edited.data is not None
        if edited.data is not None:
            replacements += with_objects(layout, Rope((edited.data,)))
    content = spliced(layout.value, replacements)
    before = meta_graph_of(layout)
    after = _after(before, signatures)
    if graph_edits:
        old = content.bytes_from(model.buffer)
        new, said = _edit_graph(old, layout.tags, graph_edits)
        notes += said
        if new != old:
            start, end = layout.value
            inside = difference(bytes(model.buffer[start:end]), new)
            content, after = inside.shifted(start), parse_meta_graph(new)
    return _Edited(
        layout=layout,
        content=content,
        restoration=MetaGraphRestoration(
            before, after, tuple(_changes(before, after, signatures)), matches, tuple(notes)
        ),
        broken=tuple(broken_contracts(signatures, tolerated)),
        same_objects=not objects_changed and not graph_edits,
    )


def _concerns_objects(signatures: Sequence[Signature], layout: MetaGraphLayout) -> bool:
    """Whether Python's side of the model has to change, too: method names are not there."""
    same = {signature.key for signature in signatures} == {entry.key for entry in layout.entries}
    return not same or any(one.key != one.entry.key or one.renames_keys for one in signatures)


def _edit_graph(data: bytes, tags: tuple[str, ...], graph_edits: Sequence[GraphEdit]) -> tuple[bytes, tuple[str, ...]]:
    from migrate import protos

    meta_graph = protos.meta_graph_def()
    try:
        meta_graph.ParseFromString(data)
    except DecodeError as error:
        raise MigrateError("the graph or the objects in it are damaged; export the model again") from error
    before = meta_graph.SerializeToString(deterministic=True)
    notes = tuple(note for edit in graph_edits for note in edit(meta_graph, tags))
    after: bytes = meta_graph.SerializeToString(deterministic=True)
    return (data if after == before else after), notes


def _after(before: MetaGraph, signatures: Iterable[Signature]) -> MetaGraph:
    there = (signature.after for signature in signatures if signature.key not in BOOKKEEPING)
    return replace(before, signatures=tuple(sorted(there, key=lambda signature: signature.key)))


def _changes(before: MetaGraph, after: MetaGraph, signatures: Sequence[Signature]) -> Iterator[SignatureChange]:
    origins = {one.key: one for one in signatures}
    for signature in after.signatures:
        origin = origins.get(signature.key)
        if origin is None:
            yield SignatureChange(None, signature)
        elif origin.is_copy:
            yield SignatureChange(None, signature, copied_from=origin.entry.key)
        else:
            yield SignatureChange(origin.before, signature)
    kept = {one.entry.key for one in signatures if not one.is_copy}
    for signature in before.signatures:
        if signature.key not in kept:
            yield SignatureChange(signature, None)


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in sorted(keys)) or "none"
