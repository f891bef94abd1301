from __future__ import annotations

from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.report.mailing import mail_of
from migrate.results import Result


def changed(path: Path | str, before: str = "0\n") -> Result:
    Path(path).parent.mkdir(exist_ok=True, parents=True)
    Path(path).write_text(before)
    return Result(str(path), before, "1\n")


def test_files_are_named_from_the_top_of_the_work_tree(repository, monkeypatch):
    below = repository.top / "sub"
    results = [changed(below / "a.py"), changed(repository.top / "b.py"), Result("c.py", "", "")]
    monkeypatch.chdir(below)
    mail, given = mail_of(results)
    assert given == results
    assert b"--- a/sub/a.py\n+++ b/sub/a.py\n" in mail
    assert b"--- a/b.py\n" in mail
    assert b"\n- sub/a.py\n- b.py\n---\n" in mail
    assert b"c.py" not in mail


def test_a_symbolic_link_stays_one(repository):
    result = changed(repository.top / "real.py")
    (repository.top / "link.py").symlink_to("real.py")
    mail, _ = mail_of([Result("link.py", result.before, result.after)])
    assert b"--- a/real.py\n" in mail


def test_without_git_files_are_named_from_here(cwd):
    mail, _ = mail_of([changed("sub/a.py")])
    assert b"--- a/sub/a.py\n" in mail


def test_where_nothing_changes_there_is_no_mail(cwd):
    results = [Result("a.py", "", "", error="no Python")]
    assert mail_of(results) == (b"", results)


def test_a_file_that_has_changed_meanwhile_is_left_out(cwd):
    results = [changed("a.py"), changed("b.py")]
    Path("a.py").write_text("other\n")
    mail, given = mail_of(results)
    assert b"a/b.py" in mail
    assert b"a/a.py" not in mail
    assert given[0].error is not None
    assert (given[0].changed, given[1]) == (False, results[1])


def test_files_of_two_work_trees_do_not_go_into_one_mail(repository):
    (repository.top / "module/.git").mkdir(parents=True)
    results = [changed("a.py"), changed("module/b.py")]
    with pytest.raises(MigrateError, match=r"a\.py and .*b\.py are in different git work trees"):
        mail_of(results)
