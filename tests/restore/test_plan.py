from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.restore.changes import Changes, KeyRename, MethodName, Pair
from migrate.restore.plan import make_plan
from migrate.signatures.fingerprint import Same
from migrate.signatures.model import MetaGraph, SignatureDef
from migrate.signatures.model_file import open_model
from migrate.signatures.proto import new_message
from migrate.signatures.rope import Span, rope
from tests.restore.models import CLASSIFY, PREDICT, REGRESS, lost_model, saved_model, signature, write


def plan(directory, changes: Changes, tags=None, **more):
    with open_model(directory) as model:
        made = make_plan(model, changes, tags=tags, **more)
        return made, made.content.bytes_from(model.buffer)


def parsed(data: bytes):
    message = new_message("SavedModel")
    message.ParseFromString(data)
    return message


def two_meta_graphs(directory):
    message = saved_model(("serve",), ("serve", "gpu"))
    for number, meta_graph in enumerate(message.meta_graphs):
        signature(meta_graph, "k", {"x": "x:0"}, {"y": "y:0"})
        signature(meta_graph, f"only{number}", {f"x{number}": "x:0"}, {"y": "y:0"})
    return write(directory, message)


def methods(data: bytes) -> list[dict[str, str]]:
    return [{e.key: e.value.method_name for e in one.signature_def} for one in parsed(data).meta_graphs]


def test_all_meta_graphs_are_changed(tmp_path):
    made, data = plan(two_meta_graphs(tmp_path), Changes(method_names=(MethodName("k", "m"),)))
    assert methods(data) == [{"k": "m", "only0": PREDICT}, {"k": "m", "only1": PREDICT}]
    assert [one.before.tags for one in made.meta_graphs] == [("serve",), ("gpu", "serve")]
    assert made.same == Same(graph=True, objects=True)


def test_one_meta_graph_is_changed(tmp_path):
    made, data = plan(two_meta_graphs(tmp_path), Changes(renames=(Pair("k", "z"),)), ("serve", "gpu", "serve"))
    assert methods(data) == [{"k": PREDICT, "only0": PREDICT}, {"only1": PREDICT, "z": PREDICT}]
    (one,) = made.meta_graphs
    assert one.before.tags == ("gpu", "serve")


def test_a_signature_that_only_one_of_them_has(tmp_path):
    _, data = plan(two_meta_graphs(tmp_path), Changes(renames=(Pair("only1", "a"),)))
    assert methods(data) == [{"k": PREDICT, "only0": PREDICT}, {"a": PREDICT, "k": PREDICT}]


def test_tags_that_are_not_there(tmp_path):
    with pytest.raises(MigrateError, match=r"no MetaGraph has the tags a,b; there is: serve; gpu,serve"):
        plan(two_meta_graphs(tmp_path), Changes(), ("b", "a"))
    with pytest.raises(MigrateError, match=r"no MetaGraph has the tags \(none\)"):
        plan(two_meta_graphs(tmp_path / "other"), Changes(), ())


def test_a_signature_of_another_meta_graph_is_not_there(tmp_path):
    with pytest.raises(MigrateError, match="no signature `only1`; there is: `k`, `only0`"):
        plan(two_meta_graphs(tmp_path), Changes(removals=("only1",)), ("serve",))


BOTH = "`both`, `number`, `plain`"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(removals=("x",)), f"no signature `x`; there is: {BOTH}"),
        (Changes(copies=(Pair("x", "y"),)), f"no signature `x`; there is: {BOTH}"),
        (Changes(renames=(Pair("x", "y"),)), f"no signature `x`; there is: {BOTH}"),
        (Changes(removals=("__saved_model_init_op",)), "no signature `__saved_model_init_op`"),
        (Changes(renames=(Pair("__saved_model_init_op", "y"),)), "no signature `__saved_model_init_op`"),
        (Changes(copies=(Pair("__saved_model_init_op", "y"),)), "no signature `__saved_model_init_op`"),
        (Changes(method_names=(MethodName("__saved_model_init_op", "y"),)), "no signature `__saved_model_init_op`"),
        (Changes(renames=(Pair("both", "__saved_model_init_op"),)), "may be called `__saved_model_init_op`"),
        (Changes(method_names=(MethodName("x", "m"),)), r"`x`; there is: .* \(to make it .* add `--copy OTHER=x`\)"),
        (Changes(removals=("both",), method_names=(MethodName("both", "m"),)), "`both`; there is: `number`, `plain`$"),
        (
            Changes(renames=(Pair("both", "b"),), key_renames=(KeyRename("both", "input", "inputs", "x"),)),
            "`both`; there is: `b`, `number`, `plain`$",
        ),
        (Changes(renames=(Pair("both", "b"),), removals=("both",)), "renamed and to be removed"),
    ],
)
def test_what_is_refused(tmp_path, changes, said):
    message = lost_model()
    signature(message.meta_graphs[0], "__saved_model_init_op", {}, {"__saved_model_init_op": "init"}, method="")
    with pytest.raises(MigrateError, match=said):
        plan(write(tmp_path / "m", message), changes)


def test_bookkeeping_is_carried_over(tmp_path):
    message = lost_model()
    signature(message.meta_graphs[0], "__saved_model_init_op", {}, {"__saved_model_init_op": "init"}, method="")
    made, data = plan(write(tmp_path / "m", message), Changes(renames=(Pair("plain", "A"),)))
    assert list(methods(data)[0]) == ["A", "__saved_model_init_op", "both", "number"]
    assert [change.after.key for change in made.meta_graphs[0].changes] == ["A", "both", "number"]


def test_what_happened_in_words(tmp_path):
    changes = Changes(
        copies=(Pair("both", "again"),),
        renames=(Pair("plain", "p"),),
        removals=("number",),
        method_names=(MethodName("both", CLASSIFY),),
    )
    made, _ = plan(write(tmp_path / "m", lost_model()), changes)
    (one,) = made.meta_graphs
    assert [signature.key for signature in one.after.signatures] == ["again", "both", "p"]
    said = {(c.before and c.before.key, c.after and c.after.key): (c.changed, c.copied_from) for c in one.changes}
    assert said == {
        (None, "again"): (True, "both"),
        ("both", "both"): (True, None),
        ("plain", "p"): (True, None),
        ("number", None): (True, None),
    }


def test_nothing_changes(tmp_path):
    directory = write(tmp_path / "m", lost_model())
    made, data = plan(directory, Changes(method_names=(MethodName("plain", PREDICT),)))
    assert not made.changed
    assert made.content == rope(Span(0, len(data)))


def test_an_empty_meta_graph_is_no_change(tmp_path):
    message = lost_model()
    message.meta_graphs.add()
    made, data = plan(write(tmp_path / "m", message), Changes())
    assert not made.changed
    assert data == message.SerializeToString()


def originals(*signatures: tuple[str, str], tags=("serve",)) -> list[MetaGraph]:
    return [MetaGraph(tags, tuple(SignatureDef(key, method, (), ()) for key, method in signatures))]


def test_method_names_of_the_original(tmp_path):
    theirs = originals(("both", CLASSIFY), ("new", REGRESS), ("plain", PREDICT), ("gone", PREDICT))
    changes = Changes(renames=(Pair("number", "new"),))
    made, data = plan(write(tmp_path / "m", lost_model()), changes, originals=theirs)
    assert methods(data) == [{"both": CLASSIFY, "new": REGRESS, "plain": PREDICT}]
    (one,) = made.meta_graphs
    assert [(match.key, str(match.outcome)) for match in one.matches] == [
        ("both", "restored"),
        ("new", "restored"),
        ("plain", "same"),
        ("gone", "missing"),
    ]


def test_what_is_given_by_name_counts_more_than_the_original(tmp_path):
    changes = Changes(method_names=(MethodName("both", "mine"),))
    _, data = plan(write(tmp_path / "m", lost_model()), changes, originals=originals(("both", CLASSIFY)))
    assert methods(data)[0]["both"] == "mine"


def test_an_original_without_such_tags(tmp_path):
    theirs = [*originals(("both", CLASSIFY), tags=("a",)), *originals(("both", CLASSIFY), tags=("b",))]
    made, _ = plan(write(tmp_path / "m", lost_model()), Changes(), originals=theirs)
    assert made.meta_graphs[0].notes == ("the original has no MetaGraph with the tags serve",)
    assert not made.changed


def test_what_no_api_could_take_in_the_original_either_is_as_it_was(tmp_path):
    model = write(tmp_path / "m", lost_model())
    made, data = plan(model, Changes(), originals=originals(("plain", CLASSIFY)))
    (found,) = made.meta_graphs[0].matches
    assert (found.outcome, bool(found.reason)) == ("restored", True)
    assert made.broken == ()
    assert methods(data)[0]["plain"] == CLASSIFY


def test_a_graph_edit_comes_after_the_signatures(tmp_path):
    def edit(meta_graph, tags):
        assert sorted(meta_graph.signature_def) == ["both", "number", "p"]
        meta_graph.graph_def.node.add(name="new", op="NoOp")
        meta_graph.signature_def["p"].method_name = "by the edit"
        return (f"done to {','.join(tags)}",)

    made, data = plan(write(tmp_path / "m", lost_model()), Changes(renames=(Pair("plain", "p"),)), graph_edits=[edit])
    assert methods(data)[0]["p"] == "by the edit"
    (one,) = made.meta_graphs
    assert one.notes == ("done to serve",)
    assert one.after.by_key["p"].method_name == "by the edit"
    assert made.same == Same(graph=False, objects=False)


def test_a_graph_edit_that_does_nothing_keeps_every_byte(tmp_path):
    directory = write(tmp_path / "m", lost_model())
    made, data = plan(directory, Changes(), graph_edits=[lambda *_: ()])
    assert not made.changed
    assert data == (directory / "saved_model.pb").read_bytes()


def test_a_graph_that_is_damaged_cannot_be_edited(tmp_path):
    message = lost_model()
    data = message.meta_graphs[0].SerializeToString() + b"\x12\x02\xff\xff"
    (tmp_path / "saved_model.pb").write_bytes(b"\x12" + bytes([len(data) & 0x7F | 0x80, len(data) >> 7]) + data)
    with pytest.raises(MigrateError, match="the graph or the objects in it are damaged"):
        plan(tmp_path, Changes(), graph_edits=[lambda *_: ()])


def test_text_form_is_changed_where_it_changes(tmp_path):
    text = b"# mine\n" + b'meta_graphs {\n  meta_info_def {\n    tags: "serve"\n  }\n  signature_def {\n    key: "k"\n'
    text += b'    value {\n      method_name: "m"\n    }\n  }\n}\n'
    (tmp_path / "saved_model.pbtxt").write_bytes(text)
    with open_model(tmp_path) as model:
        unchanged = make_plan(model, Changes(method_names=(MethodName("k", "m"),)), tags=None)
        made = make_plan(model, Changes(method_names=(MethodName("k", "new"),)), tags=None)
    assert not unchanged.changed
    assert unchanged.content.bytes_from(text) == text
    new = made.content.bytes_from(text)
    assert new == text.replace(b"# mine\n", b"").replace(b'"m"', b'"new"')
