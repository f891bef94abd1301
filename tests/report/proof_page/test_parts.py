from __future__ import annotations

from dataclasses import replace

from migrate.report.proof_page.parts import all_outputs, export_parts, models_part
from migrate.verify.results import Status


def test_what_differs_comes_first(models, equal):
    unproved = replace(equal, key="doubtful", status=Status.NOT_PROVED)
    part = models_part(replace(models, signatures=(equal, unproved, *models.signatures[1:])))
    assert [each.found.key for each in part.signatures] == ["other", "doubtful", "same"]
    assert [each.found.name for each in part.signatures[0].outputs] == ["wrong", "scores"]
    assert part.counts == "3 signatures: 1 different, 1 not proved, 1 equal"


def test_of_few_all_are_open_of_many_those_that_are_not_equal(models, equal, different):
    assert all(each.open for each in models_part(models).signatures)
    many = (different, *(replace(equal, key=str(number)) for number in range(30)))
    part = models_part(replace(models, signatures=many))
    assert [each.found.key for each in part.signatures if each.open] == ["other"]
    assert models_part(models).short
    assert not part.short


def test_largest_errors_and_none_where_there_are_no_numbers(models, equal):
    part = models_part(models)
    assert (part.signatures[0].absolute, part.signatures[0].relative) == (0.25, 1.0)
    words = replace(equal.outputs[0], max_abs_error=None, max_rel_error=None, histogram=None)
    (part,) = models_part(replace(models, signatures=(replace(equal, outputs=(words,)),))).signatures
    assert (part.absolute, part.relative, part.outputs[0].pictures) == (None, None, None)


def test_exports_keep_their_number(scripts):
    parts = export_parts(scripts)
    assert [(part.number, part.pair.status, part.anchor) for part in parts] == [
        (2, Status.DIFFERENT, "export2"),
        (1, Status.EQUAL, "export1"),
    ]


def test_anchors_are_unique_on_a_page(scripts):
    pairs = tuple(replace(scripts.pairs[0], comparisons=scripts.pairs[0].comparisons * 2) for _ in range(2))
    parts = export_parts(replace(scripts, pairs=pairs))
    anchors = [each.anchor for part in parts for models in part.models for each in models.signatures]
    assert len(set(anchors)) == 4


def test_all_outputs(models, scripts):
    assert [output.name for output in all_outputs(models)] == ["scores", "scores", "wrong"]
    assert [output.name for output in all_outputs(scripts)] == ["scores"]
