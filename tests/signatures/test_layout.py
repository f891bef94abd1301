from __future__ import annotations

import pytest

from migrate import protos
from migrate.signatures.layout import (
    meta_graph_layout,
    objects_of,
    read_layout,
    spliced,
    with_meta_graphs,
    with_objects,
)
from migrate.signatures.proto import new_message
from migrate.signatures.rope import Rope, Span, rope
from migrate.signatures.wire import WireError, header


def field(number: int, data: bytes) -> bytes:
    return header(number, len(data)) + data


def entry(key: str | bytes, method: str = "") -> bytes:
    message = new_message("SignatureDef")
    message.method_name = method
    name = key.encode() if isinstance(key, str) else key
    return field(5, field(1, name) + field(2, message.SerializeToString()))


def info(*tags: str, version: str = "2.21.0") -> bytes:
    return field(1, b"".join(field(4, tag.encode()) for tag in tags) + field(5, version.encode()))


def saved_model(*meta_graphs: bytes) -> bytes:
    return b"\x08\x01" + b"".join(field(2, meta_graph) for meta_graph in meta_graphs)


def test_everything_has_its_place():
    graph, objects = field(2, b"\x0a\x00"), field(7, b"objects")
    meta_graph = info("serve", "gpu") + graph + entry("b") + entry("a", "m") + objects
    data = saved_model(meta_graph)
    (layout,) = read_layout(data)
    assert data[slice(*layout.span)] == field(2, meta_graph)
    assert data[slice(*layout.value)] == meta_graph
    assert layout.tags == ("gpu", "serve")
    assert layout.tensorflow_version == "2.21.0"
    assert [one.key for one in layout.entries] == ["b", "a"]
    assert [data[slice(*one.span)] for one in layout.entries] == [entry("b"), entry("a", "m")]
    assert layout.entries[1].message.value.method_name == "m"
    assert [data[one.start : one.end] for one in layout.graphs] == [graph]
    assert objects_of(data, layout) == b"objects"


def test_several_meta_graphs():
    data = saved_model(info("serve") + entry("a"), b"", info("train") + entry("b"))
    first, empty, last = read_layout(data)
    assert (first.tags, empty.tags, last.tags) == (("serve",), (), ("train",))
    assert [one.key for one in (*first.entries, *last.entries)] == ["a", "b"]
    assert empty.entries == empty.graphs == empty.objects == ()


def test_entries_that_are_not_side_by_side_and_fields_in_odd_order():
    meta_graph = field(7, b"ob") + entry("b") + field(2, b"") + info("serve") + entry("a") + field(7, b"ject")
    data = saved_model(meta_graph)
    (layout,) = read_layout(data)
    assert [one.key for one in layout.entries] == ["b", "a"]
    assert layout.tags == ("serve",)
    # A message that is there twice is what both say together.
    assert objects_of(data, layout) == b"object"


def test_two_entries_of_one_key_are_both_there():
    (layout,) = read_layout(saved_model(entry("a", "old") + entry("a", "new")))
    assert [one.message.value.method_name for one in layout.entries] == ["old", "new"]


def test_info_in_two_fields_is_merged():
    (layout,) = read_layout(saved_model(info("serve", version="1") + info("gpu", version="2")))
    assert (layout.tags, layout.tensorflow_version) == (("gpu", "serve"), "2")


def test_unknown_fields_are_passed_over():
    meta_graph = b"\x98\x06\x05" + field(99, b"new") + b"\x28\x07" + info("serve") + b"\xad\x06abcd" + entry("a")
    data = field(77, b"also new") + saved_model(meta_graph) + b"\xc1\x3e12345678"
    (layout,) = read_layout(data)
    assert layout.tags == ("serve",)
    assert [one.key for one in layout.entries] == ["a"]


def test_no_signatures():
    (layout,) = read_layout(saved_model(info("serve")))
    assert layout.entries == ()
    assert read_layout(b"\x08\x01") == ()


@pytest.mark.parametrize("make", [protos.graph_def, protos.meta_graph_def])
def test_other_messages_are_refused(make):
    message = make()
    if make is protos.graph_def:
        message.node.add(name="x", op="Placeholder")
    else:
        message.meta_info_def.tags.append("serve")
    with pytest.raises(WireError, match="a GraphDef or MetaGraphDef, not a SavedModel"):
        read_layout(message.SerializeToString())


def test_a_number_in_the_place_of_the_meta_graphs():
    with pytest.raises(WireError, match="no SavedModel"):
        read_layout(b"\x10\x01")


@pytest.mark.parametrize(
    "data",
    [
        saved_model(entry(b"\xff\xfe")),
        saved_model(field(1, field(4, b"\xc3"))),
        saved_model(field(1, field(5, b"\x80"))),
        saved_model(field(5, field(1, b"a") + field(2, field(3, b"\xff")))),
        saved_model(field(5, field(1, b"a") + field(2, field(1, field(1, b"x") + field(2, field(1, b"\xff:0")))))),
    ],
)
def test_text_that_is_no_text(data):
    with pytest.raises(WireError, match="not UTF-8"):
        read_layout(data)


def test_bytes_need_not_be_text():
    default = field(4, field(1, b"x") + field(2, b"\xff\xfe"))
    (layout,) = read_layout(saved_model(field(5, field(1, b"a") + field(2, default))))
    assert layout.entries[0].message.value.defaults[0].value == b"\xff\xfe"


@pytest.mark.parametrize("broken", [field(5, b"\x0a\x05a"), field(1, b"\x22\x05a"), b"\x2a\x05a", b"\x80"])
def test_broken_fields(broken):
    with pytest.raises(WireError):
        read_layout(saved_model(broken))


def test_every_cut_is_an_error_or_ends_behind_a_field():
    data = saved_model(info("serve") + entry("a", "m") + field(7, b"xyz"))
    for end in range(3, len(data)):
        with pytest.raises(WireError):
            read_layout(data[:end])


def test_parts_are_replaced_in_any_order():
    data = b"0123456789"
    made = spliced(
        Span(1, 9), [(Span(7, 8), rope(b"B")), (Span(2, 4), rope(Span(2, 3), b"A")), (Span(7, 7), rope(b"+"))]
    )
    assert made.bytes_from(data) == b"1" + b"2A" + b"456" + b"+B" + b"8"
    assert spliced(Span(1, 9), []) == rope(Span(1, 9))


def test_new_meta_graphs_get_their_lengths():
    data = saved_model(info("a"), info("b"), info("c")) + field(9, b"end")
    first, second, third = read_layout(data)
    long = b"\x0a" + b"\xac\x02" + b"x" * 300
    made = with_meta_graphs(len(data), {third: Rope((long,)), first: rope()})
    assert made.bytes_from(data) == saved_model(b"", info("b"), long) + field(9, b"end")
    assert with_meta_graphs(len(data), {second: rope(second.value)}).bytes_from(data) == data


def test_new_objects_come_where_the_first_were():
    meta_graph = field(7, b"one") + field(2, b"") + field(7, b"two")
    layout = meta_graph_layout(meta_graph, Span(0, len(meta_graph)), Span(0, len(meta_graph)))
    made = spliced(layout.value, with_objects(layout, rope(b"new")))
    assert made.bytes_from(meta_graph) == field(7, b"new") + field(2, b"")
