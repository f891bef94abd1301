"""Notebooks from the files to the reports and back, with the real engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.paths import rewrite_bytes, rewrite_paths
from migrate.planning import plan_paths
from migrate.programs import Programs
from migrate.report.github import workflow_commands
from migrate.report.json import as_dict
from migrate.report.rewrite_sarif import render_sarif
from migrate.results import Level, Result
from migrate.review.review import Review
from migrate.settings import Settings
from migrate.source.walk import Found
from migrate.write import bytes_of
from tests.notebooks import EXPORT, GRAPH, IMPORTS, code, notebook, sources, text
from tests.report.sarif_schema import checked

OUTPUTS = [{"name": "stdout", "output_type": "stream", "text": ["tf.saved_model é\n"]}]
PLAIN = notebook(text("# Triple"), IMPORTS, code(f"%matplotlib inline\n{GRAPH}", outputs=OUTPUTS), "!ls", EXPORT)
STAYING = notebook(IMPORTS, GRAPH, f"{EXPORT}\n    sess.run(y, {{x: [1.0]}})\n    helper(sess)")


def rewritten(data: bytes, settings: Settings = Settings()) -> tuple[Result, bytes]:  # noqa: B008
    result = rewrite_bytes(data, "a.ipynb", settings)
    assert result.error is None
    after = bytes_of(result, data)[1]
    again = rewrite_bytes(after, "a.ipynb", settings)
    assert (again.error, again.changed) == (None, False)
    return result, after


def test_an_export_over_several_cells_becomes_native():
    result, after = rewritten(PLAIN)
    (site,) = result.sites
    assert (site.level, site.position) == (Level.NATIVE, "cell 5:2:5")
    title, imports, model, command, export = sources(after)
    assert (title, imports, command) == ("# Triple", IMPORTS, "!ls")
    assert model.startswith("%matplotlib inline\n\n\nclass ExportedModel(tf.Module):\n")
    assert "ExportedModel()\ntf.saved_model.save(" in export
    before, new = json.loads(PLAIN), json.loads(after)
    for document in (before, new):
        for cell in document["cells"]:
            del cell["source"]
    assert before == new


def test_imports_go_to_the_cell_with_the_imports():
    result, after = rewritten(STAYING, Settings(level=Level.BRIDGED))
    assert [site.level for site in result.sites] == [Level.BRIDGED]
    imports, graph, export = sources(after)
    assert imports.splitlines() == [
        "import tensorflow.compat.v1 as tf", "from migrate import bridge", "", "tf.disable_v2_behavior()"
    ]  # fmt: skip
    assert graph == GRAPH
    assert "bridge.simple_save(sess" in export


def test_a_rewrite_that_joins_cells_gives_way_to_a_lower_level():
    data = notebook(IMPORTS, "sess = tf.Session()", GRAPH.replace("x * 3.0", "x * v").replace("y =", "v = tf.Variable(2.0)\ny ="),
                    "sess.run(tf.global_variables_initializer())\nhelper(sess)",
                    "tf.saved_model.simple_save(sess, '/models/a/1', {'x': x}, {'y': y})")  # fmt: skip
    result, after = rewritten(data)
    (site,) = result.sites
    assert site.level is not Level.NATIVE
    assert "the rewrite would put code of several cells into one block" in {one.reason for one in site.refusals}
    assert len(sources(after)) == 5


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (PLAIN.replace(b"language_info", b"kernelspec").replace(b'"name": "python"', b'"language": "R"'), "a notebook of R, not of Python"),
        (PLAIN[:-10], "not a notebook: line "),
        (b"simple_save(s)\n", "not a notebook: no JSON"),
        (notebook(IMPORTS, EXPORT + "\nx = = 1"), "not valid Python 3 in cell 2, line 3: "),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(data: bytes, said: str):
    result = rewrite_bytes(data, "a.ipynb", Settings())
    assert result.error is not None
    assert result.error.startswith(said)
    assert not result.changed


def test_what_its_code_is_does_not_matter_where_only_texts_speak_of_exports():
    result = rewrite_bytes(notebook(text("simple_save"), "x = = 1"), "a.ipynb", Settings())
    assert (result.error, result.sites, result.changed) == (None, (), False)


def test_cells_that_only_make_sense_together_are_no_program():
    data = notebook(IMPORTS, EXPORT + "\nx = (", ")")
    error = rewrite_bytes(data, "a.ipynb", Settings()).error
    assert error == "not valid Python 3 in cell 2: its code does not end there"


def test_notebooks_of_a_tree_are_taken_and_written(tmp_path: Path):
    (tmp_path / "a.ipynb").write_bytes(PLAIN)
    (tmp_path / "b.ipynb").write_bytes(notebook("import numpy"))
    (result,) = rewrite_paths([tmp_path], Settings())
    assert Path(result.path).name == "a.ipynb"
    assert bytes_of(result)[0] == PLAIN


def test_reports_tell_the_cell_and_the_line_of_the_file(tmp_path: Path):
    file = tmp_path / "a.ipynb"
    file.write_bytes(PLAIN)
    (one,) = plan_paths([file], Settings())
    line = next(n for n, text in enumerate(PLAIN.decode().splitlines(), 1) if "simple_save(" in text)
    (site,) = as_dict([one.result])["files"][0]["sites"]
    assert (site["cell"], site["line"], site["column"], site["file_line"]) == (5, 2, 5, line)
    assert f"file=a.ipynb,line={line},title=TFM002 native::cell 5, line 2: becomes" in workflow_commands(
        [one.result], tmp_path
    )
    (found,) = checked(render_sarif([one.result], {one.result.path: one.proposals}, tmp_path))["results"]
    assert found["locations"][0]["physicalLocation"]["region"] == {"startLine": line}
    lines = PLAIN.decode().splitlines(keepends=True)
    for part in reversed(found["fixes"][0]["artifactChanges"][0]["replacements"]):
        start, end = part["deletedRegion"]["startLine"] - 1, part["deletedRegion"]["endLine"] - 1
        lines[start:end] = [part.get("insertedContent", {"text": ""})["text"]]
    assert "".join(lines).encode() == bytes_of(one.result)[1]


def test_a_review_shows_cells_and_takes_what_a_reviewer_wrote(tmp_path: Path):
    file = tmp_path / "a.ipynb"
    file.write_bytes(PLAIN)
    review = Review([file], Settings())
    assert [read.result.error for read in review.read()] == [None]
    review.settle()
    (item,) = review.items(str(file))
    assert item.site.short == "cell 5:2"
    assert "class ExportedModel" in review.preview(str(file))
    review.edit(str(file), review.preview(str(file)).replace("ExportedModel", "Triple"))
    (result,) = review.outcome().results
    assert "class Triple" in sources(bytes_of(result)[1])[2]


def test_a_notebook_is_part_of_the_program_that_it_imports(tmp_path: Path):
    (tmp_path / "model.py").write_text("import tensorflow as tf\n")
    for name, cells in {"a.ipynb": "import os\nimport model", "b.ipynb": "x = 'import model'"}.items():
        (tmp_path / name).write_bytes(notebook(cells))
    (tmp_path / "c.ipynb").write_bytes(
        notebook("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\nimport model")
    )
    programs = Programs([Found(path) for path in sorted(tmp_path.iterdir())])
    imported = {Path(a).name for a, b in programs.graph.edges if Path(b).name == "model.py"}
    assert imported == {"a.ipynb", "c.ipynb"}
    assert {Path(path).name for path in programs.session_code} == {"c.ipynb"}
