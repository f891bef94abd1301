"""What the rewriter says as SARIF: valid, with fixes that are the proposals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrate.engine import Planned, Planner
from migrate.planning import plan_paths
from migrate.report.rewrite_sarif import render_sarif
from migrate.results import Level, Result
from migrate.rules import load_rules
from migrate.settings import Settings
from tests.report.sarif_schema import checked
from tests.review.scripts import FLAGGED, HEAD, NATIVE, STAYING, TWO_OF_ONE_GRAPH, exporting

ROOT = Path("/top")
# The session is used further, so that it has to stay.
BRIDGED = STAYING + "    sess.run(x, {x: [1.0]})\n"
SEVERAL = HEAD + exporting("a") + "\n\nNAME = '\U0001f600'  # \N{SNOWMAN}\n" + exporting("b")


def planned(text: str, path: str = "/top/src/a.py") -> Planned:
    return Planner(text, path).planned()


def run_of(*plans: Planned) -> dict:
    results = [one.result for one in plans]
    return checked(render_sarif(results, {one.result.path: one.proposals for one in plans}, ROOT))


def results_of(*plans: Planned) -> list[dict]:
    return run_of(*plans)["results"]


def applied(text: str, result: dict) -> str:
    """A text after the fix of a result."""
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == result["locations"][0]["physicalLocation"]["artifactLocation"]
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    for one in reversed(change["replacements"]):
        region = one["deletedRegion"]
        start, end = (starts[region[f"{at}Line"] - 1] + region[f"{at}Column"] - 1 for at in ("start", "end"))
        text = text[:start] + one.get("insertedContent", {"text": ""})["text"] + text[end:]
    return text


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    "text", [NATIVE, SEVERAL, BRIDGED, NATIVE.rstrip("\n")], ids=["one", "several", "staying", "without an end"]
)
def test_every_proposal_is_a_fix(text, ends):
    text = text.replace("\n", ends)
    plan = planned(text)
    fixed = [result for result in results_of(plan) if "fixes" in result]
    assert plan.proposals
    assert [applied(text, result) for result in fixed] == [proposal.after for proposal in plan.proposals]


def test_sites_that_are_rewritten_together_have_one_fix_and_refer_to_each_other():
    plan = planned(TWO_OF_ONE_GRAPH)
    first, second = results_of(plan)
    assert applied(TWO_OF_ONE_GRAPH, first) == plan.result.after
    assert "fixes" not in second
    for one, other in ((first, second), (second, first)):
        (related,) = one["relatedLocations"]
        assert related["message"]["text"] == "rewritten together with this one"
        (there,) = other["locations"]
        region = there["physicalLocation"]["region"]
        assert related["physicalLocation"]["artifactLocation"] == there["physicalLocation"]["artifactLocation"]
        assert related["physicalLocation"]["region"].items() <= region.items()


def test_levels_and_places():
    bad = Result("/top/b.py", "", "", error="no Python")
    run = run_of(planned(NATIVE), planned(BRIDGED, "/else where/s.py"), planned(FLAGGED, "/top/f.py"), Planned(bad))
    said = [(one["level"], one["ruleId"], one.get("properties", {}).get("level")) for one in run["results"]]
    assert said[0] == ("note", "TFM002", "native")
    assert ("note", "TFM301", "bridged") in said
    assert said[-2:] == [("warning", "TFM103", "flagged"), ("error", "error", None)]
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in run["results"]]
    assert places[0] == {"uri": "src/a.py", "uriBaseId": "%SRCROOT%"}
    assert places[1] == {"uri": "file:///else%20where/s.py"}
    # Of the machine it ran on, the log says nothing about the sources.
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    end = len(NATIVE.splitlines()[5]) + 1
    assert region == {"startLine": 6, "startColumn": 5, "endLine": 6, "endColumn": end}
    assert run["results"][0]["message"]["text"].startswith("native: becomes a tf.Module")
    assert "no Python" in run["results"][-1]["message"]["text"]


def test_the_reason_is_in_the_message():
    (result,) = results_of(planned(FLAGGED))
    assert "several MetaGraphs" in result["message"]["text"]


def test_files_that_were_written_have_no_fixes():
    results = checked(render_sarif([planned(NATIVE).result], {}, ROOT))["results"]
    assert "fixes" not in results[0]


def test_rules_are_all_there_with_their_reasons():
    rules = {rule["id"]: rule for rule in run_of()["tool"]["driver"]["rules"]}
    for rule in load_rules():
        made = rules.pop(rule.id)
        assert made["help"]["markdown"].startswith(rule.why)
        assert made["defaultConfiguration"]["level"] == ("warning" if rule.level == "flagged" else "note")
    assert rules.keys() == {"error", "whole-program"}


def prints(text: str) -> list[str]:
    return [result["partialFingerprints"]["tfMigrate/v1"] for result in results_of(planned(text))]


def test_fingerprints_outlive_changes_elsewhere():
    moved = "# said on top\n\n" + SEVERAL.replace("def export_a", "def to_a").replace("  ", "    ")
    assert prints(moved) == prints(SEVERAL)
    assert len(set(prints(SEVERAL))) == 2
    assert prints(SEVERAL.replace("'a'", "'other'"))[0] != prints(SEVERAL)[0]


def test_equal_lines_have_fingerprints_of_their_own():
    text = SEVERAL.replace("'b'", "'a'")
    assert len(set(prints(text))) == 2


def test_what_changes_without_a_site_is_told(tmp_path):
    (tmp_path / "one.py").write_text("import tensorflow as tf\ndef graph():\n  return tf.placeholder(tf.float32)\n")
    (tmp_path / "two.py").write_text(BRIDGED)
    plans = plan_paths([tmp_path], Settings(whole_program=True))
    found = [one for one in results_of(*plans) if one["ruleId"] == "whole-program"]
    assert [one["level"] for one in found] == ["note"]
    assert "runs with" in found[0]["message"]["text"]


def test_logs_of_every_level_are_valid():
    fixtures = Path(__file__).parents[2] / "fixtures"
    names = ("two_exports", "frozen_builder", "bridged_main_op", "flagged_py_func")
    plans = plan_paths([fixtures / name for name in names], Settings())
    results = results_of(*plans)
    assert len([one for one in results if "fixes" in one]) == sum(len(one.proposals) for one in plans)
    assert {one["properties"]["level"] for one in results if "properties" in one} == set(Level)
