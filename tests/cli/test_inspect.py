from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "fixtures" / "models"
RNN = MODELS / "dynamic_rnn" / "golden"


def test_text(tf_migrate):
    ran = tf_migrate("inspect", RNN)
    assert (ran.code, ran.errors) == (0, "")
    assert ran.text.startswith(f"{RNN}\nSavedModel written by TensorFlow 1.15.5")
    assert ran.text.splitlines()[-1] == f"Next: Convert it: tf-migrate convert {RNN} golden_tf2"
    assert "\x1b" not in ran.text


def test_json(tf_migrate):
    ran = tf_migrate("inspect", RNN, "--json", "--signature", "collatz")
    data = json.loads(ran.text)
    assert [found["key"] for found in data["meta_graphs"][0]["signatures"]] == ["collatz"]
    assert ran.errors == ""


def test_pictures(tf_migrate, tmp_path):
    ran = tf_migrate("inspect", RNN, "--svg", tmp_path / "a.svg", "--html", tmp_path / "a.html")
    assert (ran.code, ran.text) == (0, "")
    assert ran.errors == (
        f"written: {tmp_path / 'a.svg'} (signature serving_default; --signature draws another: "
        f"collatz, settle, settle_four)\nwritten: {tmp_path / 'a.html'}\n"
    )
    ElementTree.parse(tmp_path / "a.svg")
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.svg"]


def test_a_picture_and_json(tf_migrate, tmp_path):
    ran = tf_migrate("inspect", RNN, "--svg", tmp_path / "a.svg", "--signature", "settle", "--json")
    assert json.loads(ran.text)["version"] == 1
    assert ran.errors == f"written: {tmp_path / 'a.svg'}\n"


def test_an_old_picture_is_replaced_and_keeps_its_mode(tf_migrate, tmp_path):
    file = tmp_path / "a.svg"
    file.write_text("old")
    file.chmod(0o640)
    link = tmp_path / "link.svg"
    link.symlink_to(file)
    assert tf_migrate("inspect", RNN, "--svg", link).code == 0
    assert link.is_symlink()
    assert file.read_text("utf-8").startswith("<svg")
    assert file.stat().st_mode & 0o777 == 0o640


def test_tags(tf_migrate):
    both = MODELS / "two_metagraphs" / "golden"
    assert "2 MetaGraphs" in tf_migrate("inspect", both).text
    ran = tf_migrate("inspect", both, "--tags", "train")
    assert "train_step" in ran.text
    assert "serving_default" not in ran.text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nope"], "nope: no such file or directory"),
        (["empty"], "empty: the file is empty (0 bytes); export the model again"),
        (["junk"], "junk: truncated, or no SavedModel, MetaGraphDef or GraphDef"),
        ([RNN, "--tags", "a,b"], f"{RNN}: no MetaGraph has the tags a,b; there is: serve"),
        ([RNN, "--checkpoint", "no"], "no: no checkpoint with this prefix (neither no.index nor a V1 file)"),
        (
            [RNN, "--signature", "x"],
            f"{RNN}: no signature 'x'; there is: collatz, serving_default, settle, settle_four",
        ),
        ([RNN, "--svg", "no/such.svg"], "no/such.svg: cannot write it: No such file or directory"),
        ([RNN, "--html", "."], ".: cannot write it: Is a directory"),
    ],
    ids=str,
)
def test_bad_input_is_one_line(tf_migrate, cwd, args, said):
    (cwd / "empty").touch()
    (cwd / "junk").write_bytes(b"\xff\x00junk")
    ran = tf_migrate("inspect", *args)
    assert (ran.code, ran.text) == (2, "")
    assert ran.errors == f"tf-migrate: error: {said}\n"


def test_truncated(tf_migrate, tmp_path):
    data = (RNN / "saved_model.pb").read_bytes()
    (tmp_path / "saved_model.pb").write_bytes(data[: len(data) // 2])
    ran = tf_migrate("inspect", tmp_path)
    assert ran.code == 2
    assert ran.errors.count("\n") == 1


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_are_for_terminals(variables, coloured):
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    env |= {"TERM": "xterm", "COLUMNS": "70", **variables}
    command = [sys.executable, "-m", "migrate", "inspect", str(MODELS / "counter" / "golden"), "--signature", "peek"]
    with subprocess.Popen(command, stdout=follower, stderr=subprocess.DEVNULL, env=env, cwd=ROOT) as process:
        os.close(follower)
        data = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            data += piece
        assert process.wait() == 0
    os.close(leader)
    assert (b"\x1b[" in data) == coloured
    assert b"Signature peek" in data.replace(b"\x1b[1m", b"").replace(b"\x1b[0m", b"")


def test_the_documented_output_is_the_real_one(tf_migrate, monkeypatch, tmp_path):
    """Where it is not: paste it again, at 80 columns; docs/inspect.svg is that of the first model."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    text = (ROOT / "docs" / "inspect.md").read_text("utf-8")
    shown = re.findall(r"```\n\$ tf-migrate (inspect [^\n]*)\n(.*?)```", text, re.DOTALL)
    assert len(shown) == 3
    for command, output in shown:
        assert tf_migrate(*shlex.split(command)).text == output
    tf_migrate(*shlex.split(shown[0][0]), "--svg", tmp_path / "inspect.svg")
    assert (tmp_path / "inspect.svg").read_text("utf-8") == (ROOT / "docs" / "inspect.svg").read_text("utf-8")
