from __future__ import annotations

import subprocess

import pytest

from migrate.report.diff import unified_diff
from migrate.report.mail import AUTHOR, SUBJECT, changes, mail
from migrate.results import Level, Result, Site

SITE = Site("TFM002", "simple_save", 3, 1, Level.NATIVE, "is rewritten")
WHO = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
NAMES = ["x.py", "From: x.py", "--- a.py", "diff --git a b.py", "Index: x.py", "a\nFrom: b.py", "\udcff.py", "a b.py"]


def taken(repository, data: bytes) -> None:
    """What `git am` does; in the encoding of the mail, whatever the user has set."""
    subprocess.run(["git", *WHO, "am", "--quiet", "--keep-cr"], cwd=repository.top, input=data, check=True)


@pytest.mark.parametrize(
    "before",
    [
        b"one\ntwo\n",
        b"one\r\ntwo\r\n",
        b"# coding: latin-1\n# caf\xe9\none\n",
        b"one\n# " + b"x" * 2000,
        "one\n# \N{SNOWMAN}\n".encode(),
        b"one\nFrom nobody\n---\ndiff --git a b\n-- \n>From x\n\nFrom: x\n",
        b"one",
    ],
    ids=["plain", "crlf", "latin", "long", "utf8", "from", "no newline"],
)
def test_git_takes_it(repository, before):
    file = repository.top / "x.py"
    file.write_bytes(before)
    repository.commit()
    after = before.replace(b"one", b"1\n1")
    taken(repository, mail(AUTHOR, SUBJECT, "said", unified_diff(before, after, str(file), repository.top)))
    assert file.read_bytes() == after
    assert (
        repository.git("log", "-1", "--format=%an|%ae|%B").strip()
        == f"tf-migrate|tf-migrate@localhost|{SUBJECT}\n\nsaid"
    )


def test_several_are_one_mailbox(repository):
    file = repository.top / "x.py"
    file.write_bytes(b"0\n")
    repository.commit()
    steps = [(b"0\n", b"1\n"), (b"1\n", b"2\r\n"), (b"2\r\n", b"3\n")]
    mails = [
        mail(
            "J\xfcrgen <j@example.org>",
            f"Gr\xfc\xdfe {number}",
            "",
            unified_diff(*step, str(file), repository.top),
            number,
            3,
        )
        for number, step in enumerate(steps, 1)
    ]
    assert b"Subject: [PATCH 1/3]" in mails[0]
    taken(repository, b"".join(mails))
    assert file.read_bytes() == b"3\n"
    log = repository.git("log", "--reverse", "--format=%an %s").splitlines()[1:]
    assert log == [f"J\xfcrgen Gr\xfc\xdfe {number}" for number in (1, 2, 3)]


@pytest.mark.parametrize("name", NAMES)
def test_no_file_name_is_taken_for_something_else(repository, name):
    file = repository.top / "x.py"
    file.write_bytes(b"0\n")
    repository.commit()
    body = changes([Result(name, "", "", (SITE,))])
    taken(repository, mail(AUTHOR, SUBJECT, body, unified_diff(b"0\n", b"1\n", str(file), repository.top)))
    assert file.read_bytes() == b"1\n"
    assert repository.git("log", "-1", "--format=%an %s").strip() == f"tf-migrate {SUBJECT}"
    assert "native (TFM002, line 3)" in repository.git("log", "-1", "--format=%b")


def test_what_has_changed_is_told_by_file():
    site = Site("TFM301", "builder", 40, 1, Level.BRIDGED, "is bridged")
    results = [Result("a.py", "", "", (SITE, site) * 2), Result("b.py", "", "", because="runs with a.py")]
    assert changes(results) == (
        "- a.py: native (TFM002, line 3), bridged (TFM301, line 40), native (TFM002,\n"
        "  line 3), bridged (TFM301, line 40)\n"
        "- b.py: runs with a.py"
    )
