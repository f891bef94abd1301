from __future__ import annotations

from pathlib import Path

from migrate.report.github import job_summary, workflow_commands
from migrate.results import Level, Result, Site

ROOT = Path("/top")
SITE = Site("TFM002", "simple_save", 2, 3, Level.NATIVE, "is rewritten")
FLAGGED = Site("TFM101", "builder", 4, 1, Level.FLAGGED, "left", "for 100%: a, b\r\n::error::c")


def result(path: str, *sites: Site, error: str | None = None) -> Result:
    return Result(path, "\n" * 4, "\n" * 4, sites, error=error)


def test_a_command_for_each_remark():
    results = [result("/top/src/a.py", SITE), result("/x/b.py", error="no Python")]
    assert workflow_commands(results, ROOT) == (
        "::notice file=src/a.py,line=2,col=3,title=TFM002 native::is rewritten\n"
        "::error file=/x/b.py,line=1,col=1,title=error::no Python\n"
    )
    assert workflow_commands([], ROOT) == ""


def test_nothing_that_is_said_is_taken_for_a_command():
    name = "/top/a,line=9:%\r\n::error::x.py"
    assert workflow_commands([result(name, FLAGGED)], ROOT) == (
        "::warning file=a%2Cline=9%3A%25%0D%0A%3A%3Aerror%3A%3Ax.py,line=4,col=1,title=TFM101 flagged"
        "::left (for 100%25: a, b%0D%0A::error::c)\n"
    )


def test_the_summary_of_a_job_counts():
    results = [result("<b>.py", SITE, FLAGGED, SITE), result("b.py", error="no Python")]
    assert job_summary(results) == (
        "### tf-migrate\n\n"
        "3 sites in 1 file: 2 native, 1 flagged; 1 file with an error\n"
        "\n| level | rule | sites | |\n|---|---|---|---|\n"
        "| native | TFM002 | 2 | simple_save becomes a tf.Module saved with signatures |\n"
        "| flagged | TFM101 | 1 | The graph, a tensor or the session comes from elsewhere |\n\n"
    )
    assert job_summary([]) == "### tf-migrate\n\nno TensorFlow 1 export code found\n\n"
