from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.wrapping import Wrapping, check_wrapping
from migrate.signatures.contract import Api

CLASSIFY, REGRESS = Api.CLASSIFY, Api.REGRESS


@pytest.mark.parametrize(
    ("api", "options"),
    [
        (CLASSIFY, {"scores": "s"}),
        (CLASSIFY, {"classes": "c"}),
        (CLASSIFY, {"scores": "s", "classes": "c", "vocabulary": (b"a",)}),
        (CLASSIFY, {"scores": "s", "vocabulary": (b"a",)}),
        (REGRESS, {"outputs": "y"}),
    ],
)
def test_what_goes_together(api, options):
    check_wrapping(Wrapping("k", api, (), **options))


@pytest.mark.parametrize(
    ("api", "options", "message"),
    [
        (CLASSIFY, {}, r"`k`: name the output with the scores \(--scores\)"),
        (CLASSIFY, {"outputs": "y"}, "--outputs is for --regress"),
        (CLASSIFY, {"vocabulary": (b"a",)}, "add --scores OUTPUT"),
        (REGRESS, {}, "--outputs OUTPUT"),
        (REGRESS, {"outputs": "y", "scores": "s"}, "--scores and --classes are for --classify"),
        (REGRESS, {"outputs": "y", "vocabulary": ()}, "--scores and --classes are for --classify"),
        (Api.PREDICT, {"outputs": "y"}, "only Classify and Regress"),
    ],
)
def test_what_does_not(api, options, message):
    with pytest.raises(MigrateError, match=message):
        check_wrapping(Wrapping("k", api, (), **options))
