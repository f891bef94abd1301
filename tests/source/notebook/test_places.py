from __future__ import annotations

from migrate.results import Finding, Level, Refusal, Result, Site
from migrate.source.notebook.document import read_notebook
from migrate.source.notebook.places import result_in_cells
from tests.notebooks import notebook, text

READ = read_notebook(notebook("a\nb", text("t"), "c"))


def test_a_result_speaks_of_cells():
    site = Site(
        "TFM101", "builder", 5, 2, Level.FLAGGED, "left", "made elsewhere (line 3)",
        findings=(Finding("TFM302", 3, 1, "x is gone (line 5)", Level.FLAGGED, "on line 2"),),
        refusals=(Refusal(Level.NATIVE, "native", "TFM101", "made elsewhere (line 3)"),),
        proved=("all lines but line 2",),
    )  # fmt: skip
    (found,) = result_in_cells(Result("a.ipynb", "", "", (site,)), READ).sites
    assert (found.position, found.where, found.short) == ("cell 3:1:2", "cell 3, line 1", "cell 3:1")
    assert found.line == 5
    assert found.reason == found.refusals[0].reason == "made elsewhere (cell 1, line 2)"
    assert found.proved == ("all lines but cell 1, line 1",)
    (finding,) = found.findings
    assert (finding.message, finding.reason) == ("x is gone (cell 3, line 1)", "in cell 1, line 1")
    assert (finding.position, finding.where) == ("cell 1:2:1", "cell 1, line 2")


def test_so_does_an_error():
    result = result_in_cells(Result("a.ipynb", "", "", error="not valid Python 3 on line 5: x"), READ)
    assert result.error == "not valid Python 3 in cell 3, line 1: x"
