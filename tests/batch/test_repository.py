"""How repositories are named, and which sources may be fetched from."""

from __future__ import annotations

import pytest

from migrate.batch.repository import Wanted, is_address, repositories
from migrate.errors import MigrateError


def named(*sources: str) -> list[str]:
    return [one.name for one in repositories(Wanted(source) for source in sources)]


def test_addresses_are_named_after_their_owner_and_name():
    found = named("https://example.com/google/models.git", "ssh://git@example.com/a/b", "git@example.com:team/repo.git")
    assert found == ["google-models", "a-b", "team-repo"]


def test_directories_are_named_after_themselves(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    monkeypatch.chdir(tmp_path)
    (found,) = repositories([Wanted("one/")])
    assert (found.name, found.source, found.is_directory, found.is_fetched) == (
        "one",
        str(tmp_path / "one"),
        True,
        False,
    )


def test_each_gets_a_name_of_its_own_whatever_the_file_system(tmp_path):
    for name in ("a/repo", "b/Repo", "c/repo-2"):
        (tmp_path / name).mkdir(parents=True)
    found = named(*(str(tmp_path / name) for name in ("a/repo", "b/Repo", "c/repo-2")))
    assert found == ["repo", "Repo-2", "repo-2-2"]


def test_what_is_named_twice_is_taken_once_for_each_ref(tmp_path):
    wanted = [Wanted(str(tmp_path)), Wanted(str(tmp_path)), Wanted(str(tmp_path), "v1")]
    assert [one.ref for one in repositories(wanted)] == ["", "v1"]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "a b\tc", "\N{SNOWMAN}", "...", "x" * 300])
def test_names_are_safe_as_those_of_files(tmp_path, name):
    (found,) = repositories([Wanted(str(tmp_path), name=name)])
    assert "/" not in found.name
    assert found.name.isascii()
    assert not found.name.startswith((".", "-"))
    assert 0 < len(found.name) <= 100


@pytest.mark.parametrize(
    "source", ["", " ", "-oProxyCommand=x", "--upload-pack=x", "ext::sh -c true", "ftp://a/b", "nowhere/at/all", "a\nb"]
)
def test_other_sources_are_refused(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MigrateError):
        repositories([Wanted(source)])


@pytest.mark.parametrize(
    "ref", ["-x", "--upload-pack=x", "a..b", "a b", "a\nb", "a~1", "@{u}", "x.lock", "a:b", "a//b", "*"]
)
def test_refs_that_are_none_are_refused(ref, tmp_path):
    with pytest.raises(MigrateError, match="is no branch, tag or commit"):
        repositories([Wanted(str(tmp_path), ref)])


def test_a_directory_with_a_colon_is_a_directory(tmp_path, monkeypatch):
    (tmp_path / "host:path").mkdir()
    monkeypatch.chdir(tmp_path)
    assert not is_address("host:path")
    assert is_address("host2:path")


def test_names_hold_no_password():
    found = named(
        "https://ada:hunter2@example.com/a.git", "https://token@example.com/b/c", "ssh://git:pw@example.com/x"
    )
    assert found == ["example.com-a", "b-c", "example.com-x"]
