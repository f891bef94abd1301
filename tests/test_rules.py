from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.results import Level
from migrate.rules import Example, find_rule, load_rules, rule_ids

GOOD = '''
id = "TFM001"
name = "simple-save"
title = "simple_save becomes tf.saved_model.save"
strategy = "native"
level = "native"
symbols = ["tf.saved_model.simple_save"]
why = """
It is gone.
"""

[[example]]
title = "One function"
before = """
a
"""
after = """
b
"""

[[example]]
before = "left alone"
note = "Nothing to be done."
'''


def load(directory, *texts):
    for number, text in enumerate(texts):
        (directory / f"{number}.toml").write_text(text)
    return load_rules(directory)


def test_a_rule_is_loaded_whole(tmp_path):
    (rule,) = load(tmp_path, GOOD)
    assert (rule.id, rule.name, rule.level, rule.strategy) == (
        "TFM001",
        "simple-save",
        Level.NATIVE,
        "native",
    )
    assert rule.symbols == ("tf.saved_model.simple_save",)
    assert rule.why == "It is gone."
    assert rule.examples == (
        Example("One function", "a\n", "b\n"),
        Example("", "left alone", None, "Nothing to be done."),
    )


def test_rules_come_by_id_and_other_files_are_passed_over(tmp_path):
    (tmp_path / "README.md").write_text("about")
    other = GOOD.replace("TFM001", "TFM000").replace('"simple-save"', '"builder"')
    assert [rule.id for rule in load(tmp_path, GOOD, other)] == ["TFM000", "TFM001"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "TFM001"', 'id = "TFM1"', "id must be TFM and three digits"),
        ('id = "TFM001"', "", "id is missing"),
        ('name = "simple-save"', 'name = "Simple Save"', "name must be lower-case words"),
        ('level = "native"', 'level = "best"', "level must be one of native, wrapped, bridged, flagged"),
        ('symbols = ["tf.saved_model.simple_save"]', "symbols = [1]", "symbols must be a list of strings"),
        ("It is gone.", "", "why must be a text that is not empty"),
        ("title = \"simple_save", "titel = \"simple_save", "unknown key 'titel'"),
        ('after = """\nb\n"""', 'after = """\na\n"""', "example 1: before and after are the same"),
        ('before = "left alone"', 'befor = "left alone"', "example 2: unknown key 'befor'"),
        ("[[example]]\nbefore", "[example.two]\nbefore", "example 1: unknown key 'two'"),
        ("why =", "why", "not valid TOML"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_the_file(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(MigrateError, match=message) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert str(tmp_path / "0.toml") in str(caught.value)


@pytest.mark.parametrize("taken", ["TFM001", "simple-save"])
def test_ids_and_names_are_unique(tmp_path, taken):
    other = GOOD.replace("TFM001", "TFM002") if taken == "simple-save" else GOOD.replace("simple-save", "another")
    with pytest.raises(MigrateError, match=f"1.toml: {taken} is taken by 0.toml"):
        load(tmp_path, GOOD, other)


def test_rules_are_found_by_id_or_name(tmp_path):
    rules = load(tmp_path, GOOD)
    assert find_rule("TFM001", rules) is find_rule("tfm001", rules) is find_rule("simple-save", rules)
    with pytest.raises(MigrateError, match=r"no rule 'simple_save'; did you mean simple-save\?"):
        find_rule("simple_save", rules)
    with pytest.raises(MigrateError, match="`tf-migrate rules` lists them"):
        find_rule("?", rules)


def test_the_rules_of_the_project_load():
    rules = load_rules()
    assert rule_ids(rule.name for rule in rules) == tuple(rule.id for rule in rules)
