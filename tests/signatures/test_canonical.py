from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate import protos
from migrate.signatures.canonical import _MESSAGES, _Child, canonical, checksum
from migrate.signatures.farmhash import fingerprint64
from migrate.signatures.wire import WireError, header, varint
from tests.graph.model_fixtures import FOLDER
from tests.restore.tf_models import keras_model, module_model, recomputed

BINARY = sorted(path.parent for path in FOLDER.glob("*/golden/saved_model.pb"))


def is_map(field: Any) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def reachable() -> dict[str, Any]:
    """All messages that a SavedModel can hold, by name."""
    found: dict[str, Any] = {}
    left = [protos.saved_model().DESCRIPTOR]
    while left:
        message = left.pop()
        if message.full_name not in found:
            found[message.full_name] = message
            left += [field.message_type for field in message.fields if field.message_type is not None]
    return found


def holds_maps(messages: dict[str, Any]) -> set[str]:
    """The messages that have a map somewhere in them."""
    holding: set[str] = set()
    while True:
        more = {
            name
            for name, message in messages.items()
            if name not in holding
            and any(
                is_map(field) or (field.message_type is not None and field.message_type.full_name in holding)
                for field in message.fields
            )
        }
        if not more:
            return holding
        holding |= more


def name_of(message: Any) -> str:
    """Two messages are called ListValue."""
    return "AttrListValue" if message.full_name == "tensorflow.AttrValue.ListValue" else message.name


def children(message: Any, holding: set[str]) -> dict[int, _Child]:
    found = {}
    for field in message.fields:
        kind = field.message_type
        if is_map(field):
            value = kind.fields_by_name["value"].message_type
            named = value is not None and value.full_name in holding
            found[field.number] = _Child(name_of(value) if named else "", is_map=True)
        elif kind is not None and kind.full_name in holding:
            found[field.number] = _Child(name_of(kind))
    return found


def test_the_table_is_that_of_tensorflows_messages():
    messages = reachable()
    holding = holds_maps(messages)
    expected = {
        name_of(message): children(message, holding)
        for name, message in messages.items()
        if name in holding and not message.GetOptions().map_entry
    }
    assert expected == _MESSAGES


def test_the_keys_of_maps_are_text_or_numbers_without_a_sign():
    """In C++ they are sorted as what they are; text as bytes."""
    kinds = {
        field.message_type.fields_by_name["key"].type
        for message in reachable().values()
        for field in message.fields
        if is_map(field)
    }
    field = next(iter(protos.saved_model().DESCRIPTOR.fields))
    assert kinds <= {field.TYPE_STRING, field.TYPE_UINT32, field.TYPE_UINT64, field.TYPE_FIXED64, field.TYPE_FIXED32}


def entry(number: int, key: bytes, value: bytes = b"") -> bytes:
    data = key + (header(2, len(value)) + value if value else b"")
    return header(number, len(data)) + data


def text(key: str) -> bytes:
    return header(1, len(key.encode())) + key.encode()


keys = st.text(st.sampled_from("ab\0é\N{SNOWMAN}"), max_size=4)


@given(st.lists(keys, unique=True), st.randoms())
def test_texts_are_sorted_as_bytes(names, random_):
    ordered = sorted(names, key=str.encode)
    shuffled = random_.sample(names, len(names))
    data = b"".join(entry(1, text(name), b"\x0a\x01x") for name in shuffled)
    assert canonical(data, "SignatureDef") == b"".join(entry(1, text(name), b"\x0a\x01x") for name in ordered)


@given(st.lists(st.integers(0, 2**32 - 1), unique=True))
def test_numbers_are_sorted_as_numbers(numbers):
    data = b"".join(entry(7, b"\x08" + varint(number)) for number in numbers)
    assert canonical(data, "FunctionDef") == b"".join(entry(7, b"\x08" + varint(one)) for one in sorted(numbers))


@given(st.lists(st.integers(0, 2**64 - 1), unique=True))
def test_fixed_numbers_are_sorted_as_numbers(numbers):
    data = b"".join(entry(4, b"\x09" + number.to_bytes(8, "little")) for number in numbers)
    expected = b"".join(entry(4, b"\x09" + number.to_bytes(8, "little")) for number in sorted(numbers))
    assert canonical(data, "GraphDebugInfo") == expected


def test_a_key_that_is_not_written_is_zero_or_empty():
    assert canonical(entry(7, b"\x08\x01") + entry(7, b""), "FunctionDef") == entry(7, b"") + entry(7, b"\x08\x01")
    assert canonical(entry(1, text("a")) + entry(1, b""), "SignatureDef") == entry(1, b"") + entry(1, text("a"))


def test_maps_in_messages_in_maps_are_sorted():
    inner = [entry(5, text(name)) for name in ("b", "a")]
    node = header(1, len(b"".join(inner))) + b"".join(inner)
    graph = header(2, len(node)) + node
    data = header(2, len(graph)) + graph
    assert canonical(data, "SavedModel").endswith(inner[1] + inner[0])


def test_what_lies_between_the_entries_leaves_them_where_they_are():
    data = entry(1, text("b")) + b"\x1a\x01m" + entry(1, text("a"))
    assert canonical(data, "SignatureDef") == data


def test_messages_without_end_are_an_error():
    deep = b"\x0a\x00"
    for _ in range(300):
        deep = header(51, len(deep) + len(header(1, len(deep)))) + header(1, len(deep)) + deep
    with pytest.raises(WireError, match="more than 100 messages"):
        canonical(deep, "StructuredValue")


@given(st.binary(max_size=80), st.sampled_from(sorted(_MESSAGES)))
def test_any_bytes_are_sorted_or_an_error(data, message):
    try:
        made = canonical(data, message)
    except WireError:
        return
    assert sorted(made) == sorted(data)


def nasty_model() -> Any:
    """A SavedModel with keys that Python and C++ may sort differently, in all kinds of maps."""
    random_ = random.Random(1)
    numbers = itertools.count(random_.randrange(5, 95))
    names = [
        "",
        "a",
        "aa",
        "a\0",
        "b",
        "a/b",
        "seed",
        "seed2",
        "\N{SNOWMAN}",
        "\N{LATIN SMALL LETTER E WITH ACUTE}",
        "Z",
    ]
    saved_model = protos.saved_model()
    for tags in ("serve", "train"):
        meta_graph = saved_model.meta_graphs.add()
        meta_graph.meta_info_def.tags.append(tags)
        for name in random_.sample(names, len(names)):
            meta_graph.meta_info_def.function_aliases[name] = "f"
            meta_graph.collection_def[name].bytes_list.value.append(b"\xff")
            signature = meta_graph.signature_def[name]
            signature.method_name = name
            for key in random_.sample(names, len(names)):
                signature.inputs[key].name = "x:0"
                signature.outputs[key].tensor_shape.dim.add(size=-1)
                signature.defaults[key].int_val.append(3)
            node = meta_graph.graph_def.node.add(name=name, op="NoOp")
            for key in random_.sample(names, len(names)):
                node.attr[key].func.name = key
                node.attr[key].func.attr["y"].list.func.add().attr["b"].i = 1
                node.attr[key].func.attr["y"].list.func[0].attr["a"].i = 1
                meta_graph.object_graph_def.concrete_functions[f"{key}_{next(numbers)}"].Clear()
        function = meta_graph.graph_def.library.function.add()
        for number in random_.sample([0, 1, 2, 9, 10, 127, 128, 300, 2**31, 2**32 - 1], 10):
            function.arg_attr[number].attr["_b"].b = True
            function.arg_attr[number].attr["_a"].b = True
            function.resource_arg_unique_id[number] = number
        for key in random_.sample(names, len(names)):
            function.ret[key] = key
            function.attr[key].s = b"\xff"
        debug = meta_graph.graph_def.debug_info
        for number in (5, 2**63, 300, 1):
            debug.frames_by_id[number].line = 1
            debug.traces_by_id[number].Clear()
        for place in (2, 0, 1):
            thing = meta_graph.object_graph_def.nodes.add()
            thing.saveable_objects["b"].save_function = place
            thing.saveable_objects["a"].save_function = place
    return saved_model


@pytest.mark.tensorflow
@pytest.mark.parametrize("deterministic", [False, True])
def test_nasty_keys_are_sorted_as_tensorflow_sorts_them(tmp_path, deterministic):
    (tmp_path / "saved_model.pb").write_bytes(nasty_model().SerializeToString(deterministic=deterministic))
    assert checksum(tmp_path / "saved_model.pb") == recomputed(tmp_path).saved_model_checksum


@pytest.mark.tensorflow
@pytest.mark.parametrize("directory", BINARY, ids=lambda path: path.parent.name)
def test_models_of_tensorflow_1(directory):
    file = directory / "saved_model.pb"
    before = file.read_bytes()
    assert checksum(file) == recomputed(directory).saved_model_checksum
    assert file.read_bytes() == before  # They are sorted in a private copy.


def test_models_of_tensorflow_1_are_not_sorted():
    """Or the tests above would prove nothing."""
    unsorted = [
        path
        for path in BINARY
        if checksum(path / "saved_model.pb") != fingerprint64((path / "saved_model.pb").read_bytes())
    ]
    assert len(unsorted) > len(BINARY) / 2


@pytest.mark.tensorflow
@pytest.mark.parametrize("model", [module_model, keras_model], ids=["module", "keras"])
def test_models_of_tensorflow_2(model):
    assert checksum(model() / "saved_model.pb") == recomputed(model()).saved_model_checksum
