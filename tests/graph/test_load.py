from __future__ import annotations

import shutil

import pytest
from google.protobuf import text_format
from graphs import FLOAT, Graph
from hypothesis import given, settings
from hypothesis import strategies as st
from model_fixtures import MODELS, model_fixture

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.load import load_source, select_meta_graph
from migrate.graph.source import Form


def small():
    g = Graph()
    g.placeholder("x")
    g.node("y", "Tanh", "x", T=FLOAT)
    return g


@pytest.mark.parametrize("fixture", MODELS, ids=str)
def test_every_form_is_told(fixture):
    source = load_source(fixture.path, fixture.checkpoint)
    forms = {"saved_model": Form.SAVED_MODEL, "meta_graph": Form.META_GRAPH, "frozen_graph": Form.GRAPH}
    assert source.form is forms[fixture.form]
    assert select_meta_graph(source, fixture.tags or None).graph_def.node


def test_text_and_binary_are_the_same(tmp_path):
    g = small()
    (tmp_path / "g.pb").write_bytes(g.graph.SerializeToString())
    (tmp_path / "g.pbtxt").write_text("# a comment\n" + text_format.MessageToString(g.graph))
    (tmp_path / "m.meta").write_bytes(g.meta.SerializeToString())
    (tmp_path / "m.txt").write_text(text_format.MessageToString(g.meta))
    sources = [load_source(tmp_path / name) for name in ("g.pb", "g.pbtxt", "m.meta", "m.txt")]
    assert [source.form for source in sources] == [Form.GRAPH, Form.GRAPH, Form.META_GRAPH, Form.META_GRAPH]
    assert all(source.meta_graphs[0].graph_def == g.graph for source in sources)


def test_the_checkpoint_beside_a_meta_file_is_found(tmp_path):
    fixture = model_fixture("meta_checkpoint")
    source = load_source(fixture.path)
    assert source.checkpoint == fixture.path.with_suffix("")
    shutil.copy(fixture.path, tmp_path / "model.meta")
    assert load_source(tmp_path / "model.meta").checkpoint is None


def test_tags():
    source = load_source(model_fixture("two_metagraphs").path)
    assert len(source.meta_graphs) == 2
    assert select_meta_graph(source) is select_meta_graph(source, ["small", "serve"])
    assert select_meta_graph(source, ["train"]) is not select_meta_graph(source, ["small", "serve"])
    with pytest.raises(MigrateError, match=r"no MetaGraph has the tags gpu; there is: .*serve"):
        select_meta_graph(source, ["gpu"])


def test_several_metagraphs_and_none_for_serving(tmp_path):
    model = protos.saved_model()
    for tag in ("train", "eval"):
        model.meta_graphs.add().CopyFrom(small().meta)
        del model.meta_graphs[-1].meta_info_def.tags[:]
        model.meta_graphs[-1].meta_info_def.tags.append(tag)
    (tmp_path / "saved_model.pb").write_bytes(model.SerializeToString())
    with pytest.raises(MigrateError, match="several MetaGraphs; name one with --tags: train; eval"):
        select_meta_graph(load_source(tmp_path))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("g.pb", b"", r"g\.pb: the file is empty \(0 bytes\)"),
        ("g.pb", b"\x00\x01\x02\xff" * 9, r"g\.pb: truncated, or no SavedModel, MetaGraphDef or GraphDef"),
        ("notes.txt", b"Dear reader,\nthis is a text.\n", r"notes\.txt: truncated, or no SavedModel"),
        ("conf.pbtxt", b"name: 1\nvalue { }\n", r"conf\.pbtxt: a text file, but no SavedModel"),
        ("g.pbtxt", b'node { name: "x" op: "Abs" wrong: 1 }', r"g\.pbtxt: no GraphDef in text form: 1:\d+"),
        ("g.pbtxt", b"node { }", r"g\.pbtxt: broken: there are nodes without a name"),
        ("saved_model.pb", b"no proto at all", r"saved_model\.pb: truncated, or no SavedModel"),
    ],
)
def test_bad_files(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(MigrateError, match=message):
        load_source(tmp_path / name)


def test_what_is_not_there(tmp_path):
    with pytest.raises(MigrateError, match="nowhere: no such file or directory"):
        load_source(tmp_path / "nowhere")
    with pytest.raises(MigrateError, match=r"no saved_model\.pb in it"):
        load_source(tmp_path)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_broken_file_is_an_error_or_a_model_never_a_crash(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("broken") / "model.meta"
    whole = bytearray(small().meta.SerializeToString())
    cut = data.draw(st.integers(1, len(whole)))
    broken = whole[:cut]
    position = data.draw(st.integers(0, cut - 1))
    broken[position] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(broken))
    try:
        source = load_source(path)
    except MigrateError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)
    else:
        assert source.meta_graphs
