"""Where in a saved_model.pb its MetaGraphs are, and in them the signatures, the objects and the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError, Message

from migrate.signatures.proto import new_message
from migrate.signatures.rope import Rope, Span, rope
from migrate.signatures.wire import LENGTH_DELIMITED, VARINT, WireError, fields, header

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.signatures.wire import Buffer, Field

# Numbers of tensorflow/core/protobuf/saved_model.proto and meta_graph.proto.
_SCHEMA_VERSION, _META_GRAPHS = 1, 2
_META_INFO_DEF, _GRAPH_DEF, SIGNATURE_DEF, _OBJECT_GRAPH_DEF = 1, 2, 5, 7


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of `signature_def_map`.

    Attributes:
        key: The signature's key.
        span: The whole field, tag and all.
        message: The parsed `SignatureEntry` (migrate.signatures.proto); not to be changed.
    """

    key: str
    span: Span
    message: Any


@dataclass(frozen=True, slots=True, eq=False)
class MetaGraphLayout:
    """One MetaGraphDef by its places in the file.

    Attributes:
        span: The whole field, tag and all.
        value: The MetaGraphDef itself.
        tags: Sorted.
        tensorflow_version: Of the writer; empty where it is not recorded.
        entries: The signatures in the order of the file, those of bookkeeping among them.
        graphs: The GraphDef's fields; where there are several, they are to be merged.
        objects: The SavedObjectGraph's fields; none where TF1 wrote the model.
    """

    span: Span
    value: Span
    tags: tuple[str, ...]
    tensorflow_version: str
    entries: tuple[Entry, ...]
    graphs: tuple[Field, ...]
    objects: tuple[Field, ...]


def read_layout(buffer: Buffer) -> tuple[MetaGraphLayout, ...]:
    """The MetaGraphs of a serialised SavedModel; only signatures and tags are parsed.

    Raises:
        WireError: The bytes are no SavedModel.
    """
    meta_graphs = []
    for field in fields(buffer, 0, len(buffer)):
        if field.number == _SCHEMA_VERSION and field.wire_type != VARINT:
            raise WireError("a GraphDef or MetaGraphDef, not a SavedModel")
        if field.number == _META_GRAPHS:
            if field.wire_type != LENGTH_DELIMITED:
                raise WireError("no SavedModel")
            meta_graphs.append(meta_graph_layout(buffer, Span(field.start, field.end), Span(field.value, field.end)))
    return tuple(meta_graphs)


def meta_graph_layout(buffer: Buffer, span: Span, value: Span) -> MetaGraphLayout:
    """The places in one MetaGraphDef.

    Raises:
        WireError: The bytes are no MetaGraphDef.
    """
    info = new_message("MetaInfoDef")
    entries: list[Entry] = []
    found: dict[int, list[Field]] = {_GRAPH_DEF: [], _OBJECT_GRAPH_DEF: []}
    for field in fields(buffer, value.start, value.end):
        if field.wire_type != LENGTH_DELIMITED:
            continue
        if field.number == _META_INFO_DEF:
            _parse(info, buffer, Span(field.value, field.end))
        elif field.number == SIGNATURE_DEF:
            message = new_message("SignatureEntry")
            _parse(message, buffer, Span(field.value, field.end))
            entries.append(Entry(message.key, Span(field.start, field.end), message))
        elif field.number in found:
            found[field.number].append(field)
    return MetaGraphLayout(
        span=span,
        value=value,
        tags=tuple(sorted(info.tags)),
        tensorflow_version=info.tensorflow_version,
        entries=tuple(entries),
        graphs=tuple(found[_GRAPH_DEF]),
        objects=tuple(found[_OBJECT_GRAPH_DEF]),
    )


def spliced(span: Span, replacements: Iterable[tuple[Span, Rope]]) -> Rope:
    """A span with some of its parts replaced.

    Args:
        span: What to take.
        replacements: Spans inside of it that do not overlap, and what comes in their place.
    """
    pieces: list[Span | bytes] = []
    position = span.start
    for old, new in sorted(replacements, key=lambda replacement: replacement[0]):
        pieces += [Span(position, old.start), *new.pieces]
        position = old.end
    return rope(*pieces, Span(position, span.end))


def with_meta_graphs(length: int, changed: Mapping[MetaGraphLayout, Rope]) -> Rope:
    """The whole file with other MetaGraphDefs in the place of some.

    Args:
        length: Of the file.
        changed: The new MetaGraphDef for each MetaGraph that changes.
    """
    ordered = sorted(changed.items(), key=lambda item: item[0].span)
    whole = ((layout.span, rope(header(_META_GRAPHS, len(new)), *new.pieces)) for layout, new in ordered)
    return spliced(Span(0, length), whole)


def objects_of(buffer: Buffer, layout: MetaGraphLayout) -> bytes:
    """A MetaGraph's serialised SavedObjectGraph; a message in several fields is what they say together."""
    return b"".join(bytes(buffer[field.value : field.end]) for field in layout.objects)


def with_objects(layout: MetaGraphLayout, new: Rope) -> list[tuple[Span, Rope]]:
    """The replacements of a MetaGraph's object graph, for `spliced`."""
    spans = [Span(field.start, field.end) for field in layout.objects]
    first = rope(header(_OBJECT_GRAPH_DEF, len(new)), *new.pieces)
    return [(spans[0], first), *((span, rope()) for span in spans[1:])]


def _parse(message: Any, buffer: Buffer, span: Span) -> None:
    try:
        message.MergeFromString(bytes(buffer[span.start : span.end]))
    except (DecodeError, UnicodeDecodeError) as error:
        raise WireError(f"a broken field at byte {span.start}") from error
    if not _is_text(message):
        # TensorFlow does not load such a model, and there would be no telling its keys apart.
        raise WireError(f"the field at byte {span.start} has text in it that is not UTF-8")


def _is_text(message: Any) -> bool:
    """Whether all texts of a message are such: protobuf hands out as bytes what is no UTF-8."""
    for field, value in message.ListFields():
        values = (value,) if isinstance(value, (str, bytes, int, Message)) else value
        if field.message_type is not None:
            if not all(_is_text(one) for one in values):
                return False
        elif field.type == field.TYPE_STRING and not all(isinstance(one, str) for one in values):
            return False
    return True
