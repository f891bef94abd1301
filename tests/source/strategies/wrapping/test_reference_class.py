"""The class for graphs whose variables are references, as it is written, and where it is."""

from __future__ import annotations

import ast

import pytest
from wrapping_code import SAVE, body_of, in_session, rewrite, wrapped

from migrate.source.strategies.wrapping.class_text import Saving, class_text

IMPORT = "saver = tf.train.import_meta_graph('c.meta', input_map={'x:0': x})\n"
RESTORE = "saver.restore(sess, 'c')\n"


@pytest.mark.parametrize("tables", [None, "Table"])
def test_it_is_a_class_that_spells_things_as_the_file_does(tables: str | None):
    saving = Saving(tables=tables, references=True, keys=True)
    text = class_text("Served", "tensorflow", "eager_context", saving).replace("\v", "\t")
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    assert "tf." not in text
    assert "tensorflow.TensorSpec(tensor.shape, tensor.dtype, names[key])" in ast.unparse(node)
    assert ("_add_table" in text) == (tables is not None)
    # It has a graph, and is none.
    assert not {"self.as_default", "self.get_collection", "self.as_graph_def"} & {
        ast.unparse(one) for one in ast.walk(node) if isinstance(one, ast.Attribute)
    }


def test_what_is_imported_stays_with_its_graph():
    after = wrapped(in_session(IMPORT, RESTORE, SAVE))
    assert "wrapped.restore(saver, 'c')" in body_of(after)
    assert "def _take(self, variable, value):" in after.after


@pytest.mark.parametrize(
    "lines",
    [
        ("if path:\n    " + RESTORE,),
        (RESTORE, "saver = tf.train.Saver(tf.trainable_variables())\n", RESTORE),
        (RESTORE, "sess.run(tf.global_variables_initializer())\n"),
    ],
)
def test_values_come_by_and_by(lines: tuple[str, ...]):
    body = body_of(wrapped(in_session(IMPORT, *lines, SAVE)))
    assert body.count("wrapped.restore(saver, 'c')") == "".join(lines).count(".restore(")
    assert "sess" not in body


def test_an_import_in_a_helper_is_part_of_the_export():
    helper = "def load(sess):\n    " + IMPORT.replace(", input_map={'x:0': x}", "") + "    " + RESTORE + "\n"
    code = in_session("load(sess)\n", SAVE).replace("def export", helper + "def export")
    result = rewrite(code)
    assert {site.rule for site in result.sites} == {"TFM206"}
    assert len(result.sites) == 2


def test_a_session_that_runs_it_stays():
    result = rewrite(in_session(IMPORT, RESTORE, "print(sess.run('train'))\n", SAVE))
    assert result.sites[0].rule == "TFM207"
    assert "for variable, value in zip(variables, self.session.run(variables)):" in result.after
    assert "_steps" not in result.after
