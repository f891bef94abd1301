from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from migrate import rules
from migrate.cli import main as cli
from migrate.errors import MigrateError

COMMAND = [sys.executable, "-m", "migrate"]


@pytest.fixture
def failing(monkeypatch):
    """Makes `tf-migrate rules` fail with a given exception."""

    def set_(error: BaseException) -> None:
        def fail(*args):
            raise error

        monkeypatch.setattr(rules, "load_rules", fail)

    return set_


def test_help_names_the_commands(tf_migrate):
    ran = tf_migrate("--help")
    assert ran.code == 0
    for command in ("rewrite", "verify", "rules", "explain"):
        assert f"\n  {command} " in ran.text


def test_version(tf_migrate):
    assert tf_migrate("--version").text.startswith("tf-migrate ")


@pytest.mark.parametrize(
    "args", [["--nonsense"], ["nonsense"], ["rewrite"], ["explain"], ["rewrite", "--jobs", "x", "."]]
)
def test_usage_errors_exit_2(tf_migrate, args):
    ran = tf_migrate(*args)
    assert ran.code == 2
    assert ran.out == b""
    assert b"Usage: tf-migrate" in ran.err


def test_bad_input_is_one_line(tf_migrate, failing):
    failing(MigrateError("rules/x.toml: id is\nmissing"))
    ran = tf_migrate("rules")
    assert (ran.code, ran.out, ran.errors) == (2, b"", "tf-migrate: error: rules/x.toml: id is\\x0amissing\n")


def test_an_internal_error_has_no_traceback(tf_migrate, failing):
    failing(ZeroDivisionError("by zero\nand so on"))
    ran = tf_migrate("rules")
    assert ran.code == 2
    assert ran.errors.splitlines() == [
        "tf-migrate: error: internal error: ZeroDivisionError: by zero",
        "Please report it with the output of the same command under TF_MIGRATE_DEBUG=1.",
    ]


def test_debugging_shows_the_traceback(failing, monkeypatch):
    monkeypatch.setenv("TF_MIGRATE_DEBUG", "1")
    failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        cli.main(["rules"])


def test_an_interrupt_exits_130(tf_migrate, failing):
    failing(KeyboardInterrupt())
    ran = tf_migrate("rules")
    assert (ran.code, ran.out) == (130, b"")
    assert b"Traceback" not in ran.err


def test_ctrl_c_in_the_real_process(tmp_path):
    with subprocess.Popen(
        [*COMMAND, "rewrite", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell that starts the tests in the background has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        # More than a pipe holds: once it is written, the process reads its input, and waits for the rest.
        process.stdin.write(b"#" * 1_000_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors


def test_a_closed_pipe_is_quiet(tmp_path):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as sink:
        ran = subprocess.run([*COMMAND, "rewrite", "-"], input=b"x = 1\n", stdout=sink, stderr=subprocess.PIPE)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_rules_and_explain(tf_migrate, monkeypatch, tmp_path):
    (tmp_path / "one.toml").write_text(
        'id = "TFM001"\nname = "one"\ntitle = "First"\nlevel = "native"\nwhy = "So."\n'
        '[[example]]\nbefore = "a\\n"\nafter = "b\\n"\n'
    )
    loaded = rules.load_rules(tmp_path)
    monkeypatch.setattr(rules, "load_rules", lambda: loaded)
    assert tf_migrate("rules").text == "TFM001  native  one  First\n"
    assert "\n    -a\n    +b\n" in tf_migrate("explain", "one").text
    assert tf_migrate("explain", "tfm001").code == 0
    ran = tf_migrate("explain", "TFM002")
    assert (ran.code, ran.out) == (2, b"")
    assert ran.errors == "tf-migrate: error: there is no rule 'TFM002'; did you mean TFM001?\n"
