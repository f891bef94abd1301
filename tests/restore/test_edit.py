from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.restore.changes import Changes, KeyRename, MethodName, Pair
from migrate.restore.edit import broken_contracts, edit_signatures, written_signatures
from migrate.signatures.layout import meta_graph_layout, read_layout, spliced
from migrate.signatures.proto import new_message
from migrate.signatures.rope import Span
from migrate.signatures.wire import header
from tests.restore.models import CLASSIFY, PREDICT, REGRESS, STRING, lost_model, saved_model, signature


def layout_of(message):
    data = message.SerializeToString()
    return data, read_layout(data)[0]


def edited(message, changes: Changes):
    """The MetaGraphDef of the result, parsed."""
    data, layout = layout_of(message)
    made = spliced(layout.value, written_signatures(layout, edit_signatures(layout, changes))).bytes_from(data)
    result = new_message("MetaGraphDef")
    result.ParseFromString(made)
    return result


def method_names(meta_graph) -> dict[str, str]:
    return {entry.key: entry.value.method_name for entry in meta_graph.signature_def}


def keys(meta_graph, key: str, what: str) -> dict[str, str]:
    (value,) = (entry.value for entry in meta_graph.signature_def if entry.key == key)
    return {entry.key: entry.value.name for entry in getattr(value, what)}


def test_method_names():
    made = edited(lost_model(), Changes(method_names=(MethodName("both", CLASSIFY), MethodName("number", REGRESS))))
    assert method_names(made) == {"both": CLASSIFY, "number": REGRESS, "plain": PREDICT}


def test_no_method_name_is_no_field():
    made = edited(lost_model(), Changes(method_names=(MethodName("both", ""),)))
    assert not made.signature_def[0].value.HasField("method_name")


def test_a_signature_is_renamed_and_written_in_its_order():
    made = edited(lost_model(), Changes(renames=(Pair("both", "zebra"),)))
    assert list(method_names(made)) == ["number", "plain", "zebra"]
    assert keys(made, "zebra", "outputs") == {"classes": "c:0", "scores": "s:0"}


def test_signatures_are_exchanged():
    made = edited(lost_model(), Changes(renames=(Pair("both", "number"), Pair("number", "both"))))
    assert keys(made, "number", "outputs") == {"classes": "c:0", "scores": "s:0"}
    assert keys(made, "both", "outputs") == {"outputs": "o:0"}


def test_signatures_change_round():
    around = (Pair("both", "number"), Pair("number", "plain"), Pair("plain", "both"))
    made = edited(lost_model(), Changes(renames=around))
    assert [list(keys(made, key, "outputs")) for key in ("number", "plain", "both")] == [
        ["classes", "scores"],
        ["outputs"],
        ["y", "z"],
    ]


def test_copies_removals_and_a_key_that_becomes_free():
    changes = Changes(
        copies=(Pair("both", "xai_model"), Pair("both", "b")), removals=("both",), renames=(Pair("plain", "both"),)
    )
    made = edited(lost_model(), changes)
    assert list(method_names(made)) == ["b", "both", "number", "xai_model"]
    assert keys(made, "b", "outputs") == keys(made, "xai_model", "outputs") == {"classes": "c:0", "scores": "s:0"}
    assert keys(made, "both", "outputs") == {"y": "y:0", "z": "z:0"}


def test_all_are_removed():
    made = edited(lost_model(), Changes(removals=("both", "number", "plain")))
    assert not made.signature_def
    assert list(made.meta_info_def.tags) == ["serve"]


def test_a_copy_has_its_own_keys_and_method_name():
    changes = Changes(
        copies=(Pair("plain", "other"),),
        key_renames=(KeyRename("other", "input", "a", "alpha"),),
        method_names=(MethodName("other", "m"),),
    )
    made = edited(lost_model(), changes)
    assert method_names(made) == {"both": PREDICT, "number": PREDICT, "other": "m", "plain": PREDICT}
    assert keys(made, "other", "inputs") == {"alpha": "a:0", "b": "b:0"}
    assert keys(made, "plain", "inputs") == {"a": "a:0", "b": "b:0"}


def test_keys_of_inputs_and_outputs():
    renames = (KeyRename("plain", "input", "a", "x y"), KeyRename("plain", "output", "y", "=:é"))
    made = edited(lost_model(), Changes(key_renames=renames))
    assert keys(made, "plain", "inputs") == {"b": "b:0", "x y": "a:0"}
    assert keys(made, "plain", "outputs") == {"=:é": "y:0", "z": "z:0"}
    assert list(keys(made, "plain", "outputs")) == ["=:é", "z"]


def test_keys_are_exchanged():
    renames = (KeyRename("plain", "input", "a", "b"), KeyRename("plain", "input", "b", "a"))
    made = edited(lost_model(), Changes(key_renames=renames))
    assert keys(made, "plain", "inputs") == {"a": "b:0", "b": "a:0"}


def test_what_is_exchanged_is_known_as_renamed():
    _, layout = layout_of(lost_model())
    renames = (KeyRename("plain", "input", "a", "b"), KeyRename("plain", "input", "b", "a"))
    by_key = {one.key: one for one in edit_signatures(layout, Changes(key_renames=renames))}
    assert by_key["plain"].renames_keys
    assert by_key["plain"].inputs == {"a": "b", "b": "a"}
    assert not by_key["both"].renames_keys


def test_keys_of_a_renamed_signature_are_named_by_its_new_key():
    changes = Changes(renames=(Pair("plain", "p"),), key_renames=(KeyRename("p", "output", "z", "a"),))
    assert keys(edited(lost_model(), changes), "p", "outputs") == {"a": "z:0", "y": "y:0"}


def test_defaults_are_renamed_with_their_inputs():
    message = lost_model()
    message.meta_graphs[0].signature_def[2].value.defaults.add(key="b", value=b"\x08\x01")
    made = edited(message, Changes(key_renames=(KeyRename("plain", "input", "b", "0"),)))
    (value,) = (entry.value for entry in made.signature_def if entry.key == "plain")
    assert [(one.key, one.value) for one in value.defaults] == [("0", b"\x08\x01")]
    assert [entry.key for entry in value.inputs] == ["0", "a"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(copies=(Pair("both", "number"),)), "two signatures would be called `number`"),
        (Changes(renames=(Pair("both", "number"),)), "two signatures would be called `number`"),
        (
            Changes(key_renames=(KeyRename("plain", "input", "x", "y"),)),
            "signature `plain` has no input `x`; it has: `a`, `b`",
        ),
        (Changes(key_renames=(KeyRename("plain", "output", "a", "c"),)), "has no output `a`; it has: `y`, `z`"),
        (Changes(key_renames=(KeyRename("plain", "input", "a", "b"),)), "would have two inputs `b`"),
        (
            Changes(key_renames=(KeyRename("plain", "output", "y", "q"), KeyRename("plain", "output", "z", "q"))),
            "would have two outputs `q`",
        ),
    ],
)
def test_what_is_refused(changes, said):
    _, layout = layout_of(lost_model())
    with pytest.raises(MigrateError, match=said):
        edit_signatures(layout, changes)


NO_CHANGES = [
    Changes(),
    Changes(renames=(Pair("both", "both"),)),
    Changes(key_renames=(KeyRename("plain", "input", "a", "a"),)),
    Changes(method_names=(MethodName("plain", PREDICT),)),
    Changes(removals=("not here",), copies=(Pair("not here", "x"),), renames=(Pair("not here", "y"),)),
    Changes(key_renames=(KeyRename("not here", "input", "a", "b"),), method_names=(MethodName("not here", "m"),)),
]


@pytest.mark.parametrize("changes", NO_CHANGES)
def test_what_asks_for_nothing_changes_nothing(changes):
    _, layout = layout_of(lost_model())
    assert written_signatures(layout, edit_signatures(layout, changes)) == []


def entry(key: str, value: bytes) -> bytes:
    name = header(1, len(key.encode())) + key.encode()
    data = name + header(2, len(value)) + value
    return header(5, len(data)) + data


METHOD_M = b"\x1a\x01m"


def test_signatures_that_do_not_change_keep_their_bytes():
    """Also such as nobody would write: the method name first, unknown fields, a value before its key."""
    odd = entry("odd", METHOD_M + b"\x0a\x03\x0a\x01x" + b"\x98\x06\x07")
    plain, last = entry("plain", METHOD_M), entry("zzz", b"\x98\x06\x01" + METHOD_M)
    data = odd + plain + last
    whole = Span(0, len(data))
    layout = meta_graph_layout(data, whole, whole)
    made = spliced(
        whole, written_signatures(layout, edit_signatures(layout, Changes(method_names=(MethodName("plain", "n"),))))
    )
    assert made.bytes_from(data) == odd + entry("plain", b"\x1a\x01n") + last
    made = spliced(whole, written_signatures(layout, edit_signatures(layout, Changes(renames=(Pair("plain", "a"),)))))
    assert made.bytes_from(data) == entry("a", METHOD_M) + odd + last


def test_unknown_fields_of_a_signature_that_changes_are_kept():
    data = entry("k", METHOD_M + b"\x98\x06\x07")
    whole = Span(0, len(data))
    layout = meta_graph_layout(data, whole, whole)
    made = spliced(
        whole, written_signatures(layout, edit_signatures(layout, Changes(method_names=(MethodName("k", "n"),))))
    )
    assert made.bytes_from(data) == entry("k", b"\x1a\x01n\x98\x06\x07")


def test_entries_that_are_not_side_by_side():
    graph, objects = header(2, 3) + b"\x0a\x01g", header(7, 1) + b"o"
    data = entry("b", METHOD_M) + graph + entry("a", METHOD_M) + objects + entry("c", METHOD_M)
    whole = Span(0, len(data))
    layout = meta_graph_layout(data, whole, whole)
    assert written_signatures(layout, edit_signatures(layout, Changes())) == []
    made = spliced(whole, written_signatures(layout, edit_signatures(layout, Changes(renames=(Pair("b", "z"),)))))
    new = made.bytes_from(data)
    assert new == entry("a", METHOD_M) + entry("c", METHOD_M) + entry("z", METHOD_M) + graph + objects


def test_of_two_entries_of_one_key_the_last_counts():
    data = entry("a", b"\x1a\x03old") + entry("b", METHOD_M) + entry("a", METHOD_M)
    whole = Span(0, len(data))
    layout = meta_graph_layout(data, whole, whole)
    assert written_signatures(layout, edit_signatures(layout, Changes())) == []
    made = spliced(whole, written_signatures(layout, edit_signatures(layout, Changes(renames=(Pair("a", "c"),)))))
    assert made.bytes_from(data) == entry("b", METHOD_M) + entry("c", METHOD_M)


def test_maps_that_are_not_sorted_are_left_so():
    """TensorFlow 1 did not sort them."""
    message = saved_model()
    one = signature(message.meta_graphs[0], "k", {}, {"y": "y:0"})
    for name in ("z", "a", "m"):
        one.inputs.add(key=name).value.name = f"{name}:0"
    made = edited(message, Changes(method_names=(MethodName("k", "m"),)))
    assert list(keys(made, "k", "inputs")) == ["z", "a", "m"]
    made = edited(message, Changes(key_renames=(KeyRename("k", "input", "m", "b"),)))
    assert keys(made, "k", "inputs") == {"a": "a:0", "b": "m:0", "z": "z:0"}
    assert list(keys(made, "k", "inputs")) == ["a", "b", "z"]


def broken(message, changes: Changes) -> list[tuple[str, str, str]]:
    _, layout = layout_of(message)
    return [(one.signature, one.api, one.violation.rule) for one in broken_contracts(edit_signatures(layout, changes))]


def test_what_an_api_could_never_take_is_told():
    found = broken(lost_model(), Changes(method_names=(MethodName("plain", CLASSIFY), MethodName("both", CLASSIFY))))
    assert {one[:2] for one in found} == {("plain", "Classify")}
    assert {"classify-input-count", "classify-output-keys"} <= {one[2] for one in found}


def test_a_signature_that_nothing_asked_of_is_not_judged():
    message = lost_model()
    signature(message.meta_graphs[0], "wrong", {"a": "a:0"}, {"y": "y:0"}, method=CLASSIFY)
    assert broken(message, Changes(method_names=(MethodName("both", CLASSIFY),))) == []
    assert broken(message, Changes(renames=(Pair("wrong", "right"),))) == []


@pytest.mark.parametrize("what", ["inputs", "scores"])
def test_a_rename_that_breaks_the_contract_is_told(what):
    message = saved_model()
    signature(message.meta_graphs[0], "k", {"inputs": "e:0"}, {"scores": "s:0"}, method=CLASSIFY, dtype=STRING)
    rename = KeyRename("k", "input" if what == "inputs" else "output", what, "new")
    assert [one[1] for one in broken(message, Changes(key_renames=(rename,)))] == ["Classify"]


def test_a_rename_that_mends_part_of_it_is_no_break():
    message = saved_model()
    signature(message.meta_graphs[0], "k", {"x": "e:0"}, {"y": "s:0"}, method=REGRESS, dtype=STRING)
    assert broken(message, Changes(key_renames=(KeyRename("k", "input", "x", "inputs"),))) == []
    assert broken(message, Changes(key_renames=(KeyRename("k", "output", "y", "outputs"),))) == []


def test_a_method_name_of_no_api_is_not_judged():
    assert broken(lost_model(), Changes(method_names=(MethodName("plain", "my/own"),))) == []
