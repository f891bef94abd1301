"""The commands that mend."""

from __future__ import annotations

from pathlib import Path

from migrate.check.fixes import restore_commands
from migrate.check.results import Finding, Severity

SERVE, TRAIN = ("serve",), ("train",)


def finding(*options, tags=SERVE, severity=Severity.ERROR):
    return Finding("r", severity, "m", tags, "k", options=options)


def commands(*findings, tag_sets=(SERVE,), several=False):
    made = restore_commands(Path("a b"), findings, tag_sets, several)
    assert all(command[:3] == ("tf-migrate", "restore", "a b") for command in made)
    return [command[3:] for command in made]


def test_nothing_to_mend():
    assert commands(finding(), finding("--predict", "k", severity=Severity.NOTE)) == []


def test_each_option_once_and_method_names_last():
    made = commands(
        finding("--classify", "k"),
        finding("--rename-output", "k:a=scores", "--rename-output", "k:b=classes"),
        finding("--classify", "k"),
    )
    assert made == [("--rename-output", "k:a=scores", "--rename-output", "k:b=classes", "--classify", "k")]


def test_keys_are_those_after_renaming():
    made = commands(
        finding("--regress", "a:b"),
        finding("--rename-input", "a:b:x=inputs", "--rename-output", "other:y=z"),
        finding("--copy", "a:b=serving_default"),
        finding("--rename", "a:b=c"),
    )
    assert made == [
        (
            *("--rename", "a:b=c", "--rename-input", "c:x=inputs", "--rename-output", "other:y=z"),
            *("--copy", "a:b=serving_default", "--regress", "c"),
        )
    ]


def test_meta_graphs_that_need_different_options():
    made = commands(
        finding("--predict", "k"), finding("--regress", "k", tags=TRAIN), tag_sets=(SERVE, TRAIN), several=True
    )
    assert made == [("--tags", "serve", "--predict", "k"), ("--tags", "train", "--regress", "k")]


def test_a_finding_about_the_whole_model_has_no_options():
    assert commands(Finding("no-serve-tag", Severity.WARNING, "m")) == []
