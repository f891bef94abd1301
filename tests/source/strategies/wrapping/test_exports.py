"""How the calls of an export are read."""

from __future__ import annotations

import pytest
from wrapping_code import INIT, SAVE, body_of, in_session, why_not, wrapped

SIGNATURE = "sig = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, o)\n"
OPEN = "b = tf.saved_model.builder.SavedModelBuilder('out')\n"
ADD = "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig})\n"


def builder(*lines: str) -> str:
    return in_session(INIT, SIGNATURE, *lines)


def test_the_builder_becomes_one_call_with_its_map():
    body = body_of(wrapped(builder(OPEN, ADD, "b.save()\n")))
    assert "wrapped.save('out', {'k': sig})" in body
    assert "Builder" not in body


@pytest.mark.parametrize(
    "added",
    [
        "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, legacy_init_op=tf.tables_initializer())\n",
        "op = tf.group(tf.tables_initializer(), name='i')\nb.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, main_op=op)\n",
        "tags = [tf.saved_model.tag_constants.SERVING]\nb.add_meta_graph_and_variables(sess, tags, {'k': sig}, clear_devices=True)\n",
        "b.add_meta_graph_and_variables(sess, ['serve'], {'k': sig}, assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS))\n",
    ],
)
def test_what_does_nothing_without_tables_goes(added: str):
    body = body_of(wrapped(builder(OPEN, added, "b.save(as_text=False)\n")))
    assert "wrapped.save('out', {'k': sig})" in body
    assert "tables_initializer" not in body


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((OPEN, ADD.replace("['serve']", "None"), "b.save()\n"), "tags are missing"),
        (("t = True\n", OPEN, ADD, "t = False\n", "b.save(as_text=t)\n"), "means something else"),
        ((OPEN, ADD, "print(b.save())\n"), "passed on to other code"),
        ((OPEN, ADD), "just one MetaGraph"),
        (("if path:\n    " + OPEN, ADD, "b.save()\n"), "conditions or loops"),
        ((OPEN, ADD, "if path:\n    b.save()\n"), "conditions or loops"),
        ((OPEN, "if path:\n    " + ADD, "else:\n    b.save()\n"), "conditions or loops"),
        (
            ("p = 'a'\n", OPEN.replace("'out'", "p"), "while p:\n    " + ADD + "    p = ''\n", "b.save()\n"),
            "means something",
        ),
        (("p = 'a'\n", OPEN.replace("'out'", "p"), "p = 'b'\n", ADD, "b.save()\n"), "means something else"),
        (
            (OPEN, ADD.replace("sig}", "sig}, main_op=tf.assign_add(tf.global_variables()[0], 1)"), "b.save()\n"),
            "more than",
        ),
        ((OPEN, ADD.replace("sig}", "sig}, saver=tf.train.Saver([o])"), "b.save()\n"), "argument saver"),
        ((OPEN, "if path:\n    " + ADD, ADD, "b.save()\n"), "just one MetaGraph"),
        ((OPEN, "if path:\n    " + ADD, "else:\n    if o:\n        " + ADD, "b.save()\n"), "just one MetaGraph"),
        ((OPEN, "if path:\n    " + ADD, "else:\n    " + ADD, "p = b.save()\n"), "conditions or loops"),
        (
            ("self = path\n", OPEN.replace("b =", "self.b ="), ADD.replace("b.", "self.b.", 1), "self.b.save()\n"),
            "used in other ways",
        ),
    ],
)
def test_other_exports_are_refused(lines: tuple[str, ...], reason: str):
    assert reason in why_not(builder(*lines))


@pytest.mark.parametrize("tags", ["['train']", "['serve', 'gpu']", "path", "[tag for tag in path]"])
def test_other_tags_are_set_after_the_save(tags: str):
    result = wrapped(builder(OPEN, ADD.replace("['serve']", tags), "b.save()\n"))
    assert f"wrapped.save('out', {{'k': sig}}, tags={tags})" in body_of(result)
    assert "def save(self, export_dir, signature_def_map, tags):" in result.after
    assert "_restore_tags(export_dir, tags)" in result.after
    assert any(finding.rule == "TFM015" for site in result.sites for finding in site.findings)


def test_tags_are_optional_where_only_some_exports_have_them():
    result = wrapped(builder(OPEN, ADD.replace("'serve'", "'train'"), "b.save()\n", SAVE))
    assert "def save(self, export_dir, signature_def_map, tags=None):" in result.after
    assert result.after.count("tags=['train']") == 1


@pytest.mark.parametrize("text", ["True", "path is None"])
def test_a_model_may_be_written_as_text(text: str):
    result = wrapped(builder(OPEN, ADD, f"b.save(as_text={text})\n"))
    assert f"wrapped.save('out', {{'k': sig}}, as_text={text})" in body_of(result)
    assert "        if as_text:\n                _save_as_text(export_dir)\n" in result.after


def test_the_path_that_a_builder_returns():
    assert "return wrapped.save('out', {'k': sig})" in body_of(wrapped(builder(OPEN, ADD, "return b.save()\n")))
    body = body_of(wrapped(builder(OPEN, ADD, "print(1)\n", "p = b.save()\n", "print(p)\n")))
    assert "saved_path = wrapped.save('out', {'k': sig})\n" in body
    assert "p = saved_path\n" in body


def test_a_map_keeps_its_lines_below_the_call():
    long = "{\n          'first_of_them': sig,\n              # The other one.\n          'second_of_them_all': sig}"
    after = wrapped(
        builder(OPEN, "b.add_meta_graph_and_variables(sess, ['serve'], " + long + ")\n", "b.save()\n")
    ).after
    assert "            'first_of_them': sig,\n" in after
    assert "# The other one." in after


def test_a_condition_around_the_metagraph_is_one_around_the_save():
    result = wrapped(builder(OPEN, "if path:\n    " + ADD, "b.save()\n"))
    assert "if path:\n            wrapped.save('out', {'k': sig})" in body_of(result)
    assert any("never adds it" in finding.message for finding in result.sites[0].findings)


def test_a_builder_of_a_loop_saves_in_it():
    result = wrapped(builder("for p in path:\n    " + "    ".join([OPEN.replace("'out'", "p"), ADD, "b.save()\n"])))
    assert "for p in path:\n            wrapped.save(p, {'k': sig})" in body_of(result)
    assert not any("never adds it" in finding.message for finding in result.sites[0].findings)


def test_branches_may_add_different_signatures():
    branches = "if path:\n    " + ADD + "else:\n    " + ADD.replace("'k'", "'l'")
    body = body_of(wrapped(builder(OPEN, branches, "b.save(as_text=True)\n")))
    assert body.count("wrapped.save(") == 2
    assert "if path:\n            wrapped.save('out', {'k': sig}, as_text=True)" in body
    assert "else:\n            wrapped.save('out', {'l': sig}, as_text=True)" in body
    assert "b." not in body


def test_a_saver_of_all_variables_saves_what_is_saved_anyway():
    added = ADD.replace("sig}", "sig}, saver=tf.train.Saver(sharded=True)")
    assert "wrapped.save('out', {'k': sig})" in body_of(wrapped(builder(OPEN, added, "b.save()\n")))


FILES = "assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)"


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("", "assets_collection=[tf.constant('notes.txt')]"),
        ("tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, tf.constant('notes.txt'))\n", FILES),
    ],
)
def test_files_that_no_table_reads_go_along(line: str, given: str):
    result = wrapped(builder(line, OPEN, ADD.replace("sig}", f"sig}}, {given}"), "b.save()\n"))
    assert "assets=" in body_of(result)
    assert "def save(self, export_dir, signature_def_map, assets=()):" in result.after
    assert "for tensor in assets or ():\n                self._asset(tensor.name)" in result.after
