"""Runs the examples of the rules: what the docs print is what the tool does."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.engine import rewrite_source
from migrate.results import Level
from migrate.rules import Example, Rule, load_rules
from migrate.settings import Settings
from migrate.source.python2.convert import readable

CASES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in load_rules()
    for number, example in enumerate(rule.examples, 1)
]


def _settings(example: Example) -> Settings:
    return Settings(level=Level(example.asked) if example.asked else None)


def test_every_rule_has_an_example():
    assert [rule.id for rule in load_rules() if not rule.examples] == []


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_example(rule: Rule, example: Example, tmp_path: Path):
    path = "-"
    if example.module:
        (tmp_path / "model.py").write_text(example.module, "utf-8")
        path = str(tmp_path / "example.py")
        Path(path).write_text(example.before, "utf-8")
    result = rewrite_source(example.before, path, _settings(example))
    assert result.error is None
    said = {item.rule for site in result.sites for item in (site, *site.findings)}
    refused = {refusal.rule for site in result.sites for refusal in site.refusals}
    if example.after is None:
        assert rule.id in refused
        assert Level.NATIVE not in {site.level for site in result.sites}
    else:
        assert result.after == example.after
        assert rule.id in said
    compile(readable(result.after), "example.py", "exec")


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_second_run_changes_nothing(rule: Rule, example: Example):
    after = rewrite_source(example.before, settings=_settings(example)).after
    assert rewrite_source(after, settings=_settings(example)).after == after
