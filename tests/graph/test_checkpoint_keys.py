from pathlib import Path

import pytest
from model_fixtures import model_fixture

from migrate.graph.checkpoint_keys import checkpoint_keys


def test_the_keys_of_a_golden() -> None:
    prefix = model_fixture("counter").path / "variables" / "variables"
    keys = checkpoint_keys(prefix)
    assert keys is not None
    assert "average" in keys


def test_formats_that_are_not_read(tmp_path: Path) -> None:
    assert checkpoint_keys(tmp_path / "nothing") is None
    for content in (b"", b"x" * 100):
        (tmp_path / "model.index").write_bytes(content)
        assert checkpoint_keys(tmp_path / "model") is None


@pytest.mark.parametrize("size", [1, 30, 48, 200])
def test_truncated_ones(tmp_path: Path, size: int) -> None:
    whole = (model_fixture("partitioned").path / "variables" / "variables.index").read_bytes()
    (tmp_path / "model.index").write_bytes(whole[-size:])
    assert checkpoint_keys(tmp_path / "model") is None
