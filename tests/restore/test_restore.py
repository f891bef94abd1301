"""restore/__init__.py: the whole way from a model to the changed one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate import MigrateError, restore_signatures
from migrate.restore import undo
from migrate.restore.changes import Changes, KeyRename, MethodName, Pair
from migrate.restore.edit import edit_signatures
from migrate.signatures import read_meta_graph, read_meta_graphs
from migrate.signatures.layout import read_layout
from migrate.signatures.proto import new_message
from migrate.signatures.wire import fields, header
from tests.graph.model_fixtures import FOLDER
from tests.restore.models import CLASSIFY, PREDICT, REGRESS, STRING, lost_model, names, saved_model, signature, write

SIGNATURE_DEF, OBJECTS = 5, 7


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write(tmp_path / "model", lost_model())


def methods(path: Path) -> dict[str, str]:
    return {signature.key: signature.method_name for signature in read_meta_graph(path).signatures}


# Byte for byte


def field(number: int, data: bytes) -> bytes:
    return header(number, len(data)) + data


texts = st.text(st.sampled_from("ab:= é\N{SNOWMAN}"), max_size=3)
unknown = st.builds(field, st.integers(20, 2000), st.binary(max_size=6))


@st.composite
def signature_entries(draw) -> bytes:
    message = new_message("MetaGraphDef")
    made = signature(
        message,
        draw(texts),
        {key: f"{number}:0" for number, key in enumerate(draw(st.lists(texts, max_size=3)))},
        {key: f"o{number}:0" for number, key in enumerate(draw(st.lists(texts, max_size=3)))},
        method=draw(st.sampled_from(["", PREDICT, CLASSIFY, "my/own"])),
    )
    data = made.SerializeToString() + draw(st.just(b"") | unknown)
    return field(SIGNATURE_DEF, field(1, message.signature_def[0].key.encode()) + field(2, data))


@st.composite
def meta_graphs(draw, tags: str) -> bytes:
    """A MetaGraphDef with a graph and much else of any bytes, in any order."""
    info = field(1, field(4, tags.encode()) + draw(st.just(b"") | unknown))
    odd = st.builds(field, st.sampled_from([2, 3, 4, 6]), st.binary(max_size=12))
    objects = st.builds(field, st.just(OBJECTS), unknown)
    others = draw(st.lists(odd | objects | unknown, max_size=6))
    entries = draw(st.lists(signature_entries(), max_size=4))
    together = [b"".join(entries)] if draw(st.booleans()) else entries
    return b"".join(draw(st.permutations([info, *others, *together])))


@st.composite
def models(draw) -> bytes:
    all_tags = draw(st.sampled_from([("serve",), ("serve", "train")]))
    around = draw(st.lists(unknown, max_size=2))
    return b"\x08\x01" + b"".join(
        draw(st.permutations([*(field(2, draw(meta_graphs(tag))) for tag in all_tags), *around]))
    )


@st.composite
def cases(draw) -> tuple[bytes, Changes]:
    """A model and changes of which most can be made."""
    data = draw(models())
    entries = [entry for layout in read_layout(data) for entry in layout.entries]
    keys = sorted({entry.key for entry in entries})
    if not keys:
        return data, Changes()
    key = st.sampled_from(keys)
    method_names = {
        one: draw(st.sampled_from([PREDICT, "new/method", ""])) for one in draw(st.lists(key, max_size=2, unique=True))
    }
    renames = draw(st.dictionaries(key, texts.filter(bool), max_size=2))
    removals = tuple(one for one in draw(st.lists(key, max_size=1)) if one not in renames)
    copies = tuple(Pair(old, f"copy {new}") for old, new in draw(st.dictionaries(key, texts, max_size=1)).items())
    key_renames = tuple(
        KeyRename(entry.key, "input", tensor.key, f"new {tensor.key}")
        for entry in entries
        for tensor in entry.message.value.inputs
        if draw(st.integers(0, 3)) == 0
    )
    return data, Changes(
        copies,
        tuple(Pair(old, new) for old, new in renames.items()),
        removals,
        key_renames,
        tuple(MethodName(one, name) for one, name in method_names.items()),
    )


def other_fields(data: bytes) -> list[list[bytes]]:
    """For each MetaGraph, and for the file, everything but signatures, MetaGraphs and their lengths."""
    found = [[data[one.start : one.end] for one in fields(data, 0, len(data)) if one.number != 2]]
    for layout in read_layout(data):
        inside = fields(data, *layout.value)
        found.append([data[one.start : one.end] for one in inside if one.number != SIGNATURE_DEF])
    return found


def arguments(changes: Changes) -> dict:
    return {"changes": changes, "force": True}


@settings(max_examples=150, deadline=None)
@given(cases())
def test_everything_else_is_the_same_byte_for_byte(tmp_path_factory, case):
    from migrate.restore import restore

    data, changes = case
    directory = tmp_path_factory.mktemp("m")
    file = directory / "saved_model.pb"
    file.write_bytes(data)
    try:
        made = restore(directory, **arguments(changes))
    except MigrateError as error:
        assert "\n" not in str(error)
        assert file.read_bytes() == data
        assert names(directory) == ["saved_model.pb"]
        return
    new = file.read_bytes()
    assert made.changed == (new != data)
    assert other_fields(new) == other_fields(data)
    # What is there afterwards is what was asked for.
    for before, after in zip(read_layout(data), read_layout(new), strict=True):
        wanted = {one.key: one.message.SerializeToString() for one in edit_signatures(before, changes)}
        assert {entry.key: entry.message.value.SerializeToString() for entry in after.entries} == wanted
    if made.written:
        assert undo(directory) == 0
    assert file.read_bytes() == data
    assert names(directory) == ["saved_model.pb"]


def test_most_of_these_changes_can_be_made():
    """Or the test above would show little."""
    tried: list[bool] = []

    @settings(max_examples=60, deadline=None, database=None)
    @given(cases())
    def count(case):
        from migrate.restore.changes import refuse_contradictions

        data, changes = case
        if changes == Changes():
            return
        try:
            refuse_contradictions(changes)
            tried.append(bool([edit_signatures(layout, changes) for layout in read_layout(data)]))
        except MigrateError:
            tried.append(False)

    count()
    assert sum(tried) > len(tried) / 3


@pytest.mark.parametrize("golden", sorted(FOLDER.glob("*/golden/saved_model.pb")), ids=lambda path: path.parts[-3])
def test_models_of_tensorflow_1(tmp_path, golden):
    model = tmp_path / "m"
    model.mkdir()
    shutil.copyfile(golden, model / "saved_model.pb")
    data = golden.read_bytes()
    keys = {signature.key for one in read_meta_graphs(model) for signature in one.signatures}
    restore_signatures(model, rename={key: f"{key} renamed" for key in keys})
    restore_signatures(model, predict=[f"{key} renamed" for key in keys], force=True)
    new = (model / "saved_model.pb").read_bytes()
    assert other_fields(new) == other_fields(data)
    assert {s.key for one in read_meta_graphs(model) for s in one.signatures} == {f"{key} renamed" for key in keys}
    while (model / "tf-migrate.undo").exists():
        undo(model)
    assert (model / "saved_model.pb").read_bytes() == data


def test_objects_change_only_with_keys(tmp_path):
    objects = b"\x0a\x00" + b"\x98\x06\x07"
    message = lost_model()
    message.meta_graphs[0].object_graph_def = objects
    model = write(tmp_path / "m", message)
    restore_signatures(model, classify=["both"])
    (layout,) = read_layout((model / "saved_model.pb").read_bytes())
    data = (model / "saved_model.pb").read_bytes()
    assert [data[one.value : one.end] for one in layout.objects] == [objects]


# What is asked for


def test_method_names(model):
    made = restore_signatures(model, classify=["both"], regress=["number"], predict=["plain"])
    assert made.written
    assert made.undo == model / "tf-migrate.undo"
    assert methods(model) == {"both": CLASSIFY, "number": REGRESS, "plain": PREDICT}


def test_nothing_to_do_writes_nothing(model):
    before = (model / "saved_model.pb").stat()
    made = restore_signatures(model, predict=["plain"])
    assert (made.changed, made.written, made.undo) == (False, False, None)
    assert (model / "saved_model.pb").stat() == before
    assert not (model / "tf-migrate.undo").exists()


def test_a_dry_run_writes_nothing(model):
    before = (model / "saved_model.pb").read_bytes()
    made = restore_signatures(model, classify=["both"], dry_run=True)
    assert (made.changed, made.written, made.undo) == (True, False, None)
    assert (model / "saved_model.pb").read_bytes() == before
    assert names(model) == ["assets", "saved_model.pb", "variables"]


def test_the_original(model, tmp_path):
    message = saved_model()
    signature(message.meta_graphs[0], "both", {"inputs": "e:0"}, {"scores": "s:0"}, method=CLASSIFY, dtype=STRING)
    signature(message.meta_graphs[0], "old", {"a": "a:0", "b": "b:0"}, {"y": "y:0", "z": "z:0"})
    made = restore_signatures(model, original=write(tmp_path / "original", message))
    assert methods(model)["both"] == CLASSIFY
    assert [(match.key, match.candidates) for match in made.unmatched] == [("old", ("plain",))]


def test_a_signature_that_could_never_serve_is_refused_with_the_reason(model):
    before = (model / "saved_model.pb").read_bytes()
    with pytest.raises(MigrateError) as caught:
        restore_signatures(model, classify=["plain"], regress=["both"])
    text = str(caught.value)
    assert text.startswith(f"{model}: signature `both` could never serve Regress: it has 2 outputs")
    assert "; signature `plain` could never serve Classify: it has 2 inputs" in text
    assert "--force" in text
    assert "\n" not in text
    assert (model / "saved_model.pb").read_bytes() == before
    assert names(model) == ["assets", "saved_model.pb", "variables"]


def test_force_writes_it_all_the_same_and_says_so(model):
    made = restore_signatures(model, classify=["plain"], force=True)
    assert methods(model)["plain"] == CLASSIFY
    assert {one.signature for one in made.broken} == {"plain"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rename_inputs": {"both": {"inputs": "x"}}}, "could never serve Classify"),
        ({"rename_outputs": {"both": {"scores": "x", "classes": "y"}}}, "could never serve Classify"),
    ],
)
def test_a_key_whose_new_name_breaks_the_contract_is_refused(model, options, said):
    restore_signatures(model, classify=["both"])
    with pytest.raises(MigrateError, match=said):
        restore_signatures(model, **options)
    assert restore_signatures(model, force=True, **options).written


def test_errors_name_the_model(model):
    for options in (
        {"remove": ["x"]},
        {"rename": {"both": "number"}},
        {"rename": {"both": ""}},
        {"classify": ["both"], "regress": ["both"]},
        {"tags": ["train"]},
        {"rename_inputs": {"both": {"x": "y"}}},
        {"rename_outputs": {"plain": {"y": "z"}}},
    ):
        with pytest.raises(MigrateError) as caught:
            restore_signatures(model, **options)
        assert str(caught.value).startswith(f"{model}: ")


def test_an_original_that_is_none_is_named(model, tmp_path):
    with pytest.raises(MigrateError, match="nowhere: no such directory"):
        restore_signatures(model, original=tmp_path / "nowhere")


def test_one_meta_graph_of_two(tmp_path):
    message = saved_model(("serve",), ("serve", "gpu"))
    for meta_graph in message.meta_graphs:
        signature(meta_graph, "k", {"inputs": "e:0"}, {"scores": "s:0"}, dtype=STRING)
    model = write(tmp_path / "m", message)
    restore_signatures(model, classify=["k"], tags=["gpu", "serve"])
    found = {one.tags: one.by_key["k"].method_name for one in read_meta_graphs(model)}
    assert found == {("serve",): PREDICT, ("gpu", "serve"): CLASSIFY}
    restore_signatures(model, classify=["k"])
    assert {one.by_key["k"].method_name for one in read_meta_graphs(model)} == {CLASSIFY}


def test_the_file_may_be_named(model):
    restore_signatures(model / "saved_model.pb", classify=["both"])
    assert methods(model)["both"] == CLASSIFY
    undo(model / "saved_model.pb")
    assert methods(model)["both"] == PREDICT


def test_no_tensorflow_is_imported(model):
    import subprocess
    import sys

    code = (
        "import sys, migrate;"
        f"made = migrate.restore_signatures({str(model)!r}, classify=['both'], rename={{'plain': 'p'}});"
        "assert made.written; assert 'tensorflow' not in sys.modules and 'numpy' not in sys.modules"
    )
    (model / "fingerprint.pb").write_bytes(b"")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
