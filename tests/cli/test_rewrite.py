# ruff: noqa: ARG002, ARG005 - fixtures are asked for by naming them
from __future__ import annotations

import codecs
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ToyPlanner

pytestmark = pytest.mark.usefixtures("toy_engine")

CODE = b"import x\nsimple_save(s)\n"
NEW = b"import x\nsave_it(s)\n"
FLAGGED = b"SavedModelBuilder(d)\n"
FLAGGED_TEXT = (
    "b.py:1:1: TFM900 flagged left as it is\n"
    "    the builder comes from elsewhere\n"
    "b.py:1:1: TFM002 flagged said on top\n"
    "    so it is\n"
)


@pytest.fixture
def tree(cwd: Path) -> Path:
    """Two files with sites, one of them flagged, and one without."""
    (cwd / "a.py").write_bytes(CODE)
    (cwd / "b.py").write_bytes(FLAGGED)
    (cwd / "c.py").write_bytes(b"pass\n")
    return cwd


class TestDiff:
    @pytest.mark.parametrize("args", [[], ["--diff"]])
    def test_stdout_is_a_patch_and_the_report_is_beside_it(self, tf_migrate, tree, args):
        ran = tf_migrate("rewrite", ".", *args)
        assert ran.code == 0
        assert ran.text == "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n import x\n-simple_save(s)\n+save_it(s)\n"
        assert ran.errors == (
            "a.py:2:1: TFM001 native exported with save_it\n"
            + FLAGGED_TEXT
            + "2 sites in 2 files: 1 native, 1 flagged; 1 file would change (--write to apply)\n"
        )
        assert Path("a.py").read_bytes() == CODE

    @pytest.mark.parametrize(
        "data",
        [
            b"simple_save(s)",
            b"simple_save(\r\n)\r\n",
            codecs.BOM_UTF8 + b"simple_save(s)\n",
            "# coding: latin-1\n# ä\nsimple_save(s)\n".encode("latin-1"),
        ],
    )
    def test_the_patch_of_a_tree_applies(self, tf_migrate, cwd, data):
        for name in ("one.py", "my dir/two.py"):
            Path(name).parent.mkdir(exist_ok=True)
            Path(name).write_bytes(data)
        subprocess.run(["git", "apply"], input=tf_migrate("rewrite", cwd).out, check=True)
        for name in ("one.py", "my dir/two.py"):
            assert Path(name).read_bytes() == data.replace(b"simple_save", b"save_it")

    def test_a_file_that_changes_meanwhile_is_an_error(self, tf_migrate, tree, toy_engine, monkeypatch):
        class Slow(ToyPlanner):
            def result(self, *choices):
                Path("a.py").write_bytes(b"other\n")
                return super().result(*choices)

        monkeypatch.setattr(sys.modules["migrate.engine"], "Planner", Slow)
        ran = tf_migrate("rewrite", "a.py")
        assert (ran.code, ran.out) == (2, b"")
        assert b"a.py: changed while" in ran.err

    def test_on_a_terminal_it_is_coloured(self, tree, tf_migrate, monkeypatch):
        monkeypatch.setattr("migrate.cli.delivery.wants_colour", lambda stream: True)
        ran = tf_migrate("rewrite", ".")
        assert "\x1b[32m+save_it(s)\x1b[0m\n" in ran.text
        assert "\x1b[33mflagged\x1b[0m" in ran.errors


class TestWrite:
    def test_files_are_written_and_the_report_is_on_stdout(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--write", ".")
        assert (ran.code, ran.err) == (0, b"")
        assert ran.text.endswith("2 sites in 2 files: 1 native, 1 flagged; 1 file changed\n")
        assert Path("a.py").read_bytes() == NEW
        assert Path("b.py").read_bytes() == FLAGGED

    def test_a_second_run_has_nothing_to_do(self, tf_migrate, tree):
        tf_migrate("rewrite", "--write", "a.py")
        ran = tf_migrate("rewrite", "--write", "a.py")
        assert (ran.code, ran.text) == (0, "no TensorFlow 1 export code found\n")

    def test_a_dirty_tree_is_refused(self, tf_migrate, repository):
        Path("a.py").write_bytes(CODE)
        repository.commit()
        Path("a.py").write_bytes(CODE + b"# more\n")
        ran = tf_migrate("rewrite", "--write", ".")
        assert (ran.code, ran.out) == (2, b"")
        assert ran.errors.count("\n") == 1
        assert "--allow-dirty" in ran.errors
        assert tf_migrate("rewrite", "--write", "--allow-dirty", ".").code == 0
        assert Path("a.py").read_bytes() == NEW + b"# more\n"

    def test_a_read_only_file_is_an_error_and_the_others_are_written(self, tf_migrate, tree):
        Path("d.py").write_bytes(CODE)
        Path("a.py").chmod(0o444)
        ran = tf_migrate("rewrite", "--write", ".")
        assert ran.code == 2
        assert ran.errors == "tf-migrate: error: a.py: not written: read-only\n"
        assert ran.text.endswith("; 1 file changed; 1 error\n")
        assert Path("d.py").read_bytes() == NEW


class TestCheck:
    def test_exits_1_where_something_would_change(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--check", ".")
        assert (ran.code, ran.err) == (1, b"")
        assert "1 file would change" in ran.text
        assert Path("a.py").read_bytes() == CODE

    def test_exits_0_where_nothing_would(self, tf_migrate, tree):
        assert tf_migrate("rewrite", "--check", "b.py", "c.py").code == 0


class TestOutputDir:
    def test_changed_files_go_there(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--output-dir", "out/new", ".")
        assert (ran.code, ran.err) == (0, b"")
        assert [path.name for path in Path("out/new").iterdir()] == ["a.py"]
        assert Path("out/new/a.py").read_bytes() == NEW
        assert Path("a.py").read_bytes() == CODE
        assert tf_migrate("rewrite", "--output-dir", "out/new", ".").text == ran.text

    def test_a_dirty_tree_does_not_matter(self, tf_migrate, repository):
        Path("a.py").write_bytes(CODE)
        assert tf_migrate("rewrite", "--output-dir", "out", "a.py").code == 0

    def test_the_directory_of_the_sources_is_refused(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--output-dir", ".", ".")
        assert (ran.code, ran.out) == (2, b"")


class TestStdin:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"x = 1",
            b"simple_save(s)",
            b"simple_save(\r\n)\r",
            codecs.BOM_UTF8 + b"\tsimple_save(s) \n",
            b"# coding: latin-1\nsimple_save('\xe4')\n",
            b"# no export code, no text either: \xff\xfe\n",
        ],
    )
    def test_the_new_text_goes_to_stdout_byte_for_byte(self, tf_migrate, cwd, data):
        ran = tf_migrate("rewrite", "-", stdin=data)
        assert (ran.code, ran.out) == (0, data.replace(b"simple_save", b"save_it"))

    def test_the_report_goes_to_stderr(self, tf_migrate, cwd):
        ran = tf_migrate("rewrite", "-", stdin=CODE)
        assert ran.errors == (
            "-:2:1: TFM001 native exported with save_it\n1 site in 1 file: 1 native; 1 file changed\n"
        )
        assert json.loads(tf_migrate("rewrite", "-", "--format", "json", stdin=CODE).err)["files"][0]["path"] == "-"

    def test_modes(self, tf_migrate, cwd):
        assert b"+save_it(s)\n" in tf_migrate("rewrite", "-", "--diff", stdin=CODE).out
        ran = tf_migrate("rewrite", "-", "--check", stdin=CODE)
        assert (ran.code, ran.err) == (1, b"")
        assert b"1 file would change" in ran.out
        ran = tf_migrate("rewrite", "-", "--check", "--format", "json", stdin=CODE)
        assert json.loads(ran.out)["summary"]["changed"] == 1

    def test_an_error_leaves_stdout_empty(self, tf_migrate, cwd):
        ran = tf_migrate("rewrite", "-", "--quiet", stdin=b"simple_save(SYNTAX)")
        assert (ran.code, ran.out) == (2, b"")
        assert ran.errors == "tf-migrate: error: stdin: line 1: invalid syntax\n"

    @pytest.mark.parametrize("args", [["a.py"], ["--write"], ["--output-dir", "out"]])
    def test_what_makes_no_sense_with_stdin(self, tf_migrate, tree, args):
        ran = tf_migrate("rewrite", "-", *args, stdin=CODE)
        assert (ran.code, ran.out) == (2, b"")


class TestReports:
    def test_json_replaces_patch_and_report(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--format", "json", ".")
        document = json.loads(ran.out)
        assert (ran.code, ran.err) == (0, b"")
        assert [(file["path"], file["changed"]) for file in document["files"]] == [
            ("a.py", True),
            ("b.py", False),
        ]
        assert document["summary"]["levels"] == {"native": 1, "wrapped": 0, "bridged": 0, "flagged": 1}

    def test_errors_are_told_and_the_others_go_on(self, tf_migrate, tree):
        Path("bad.py").write_bytes(b"simple_save(SYNTAX)\n")
        Path("worse.py").write_bytes(b"simple_save(\xff)\n")
        ran = tf_migrate("rewrite", ".", "missing.py", "--write")
        assert ran.code == 2
        assert ran.errors.splitlines() == [
            "tf-migrate: error: bad.py: line 1: invalid syntax",
            "tf-migrate: error: worse.py: line 1 is not valid utf-8: invalid start byte",
            "tf-migrate: error: missing.py: no such file or directory",
        ]
        assert ran.text.endswith("1 file changed; 3 errors\n")
        assert Path("a.py").read_bytes() == NEW

    def test_quiet(self, tf_migrate, tree):
        ran = tf_migrate("rewrite", "--quiet", "--write", ".", "missing.py")
        assert (ran.out, ran.err) == (b"", b"tf-migrate: error: missing.py: no such file or directory\n")
        assert tf_migrate("rewrite", "-q", ".").err == b""

    def test_names_that_are_no_text(self, tf_migrate, cwd):
        Path(os.fsdecode(b"\xff.py")).write_bytes(CODE)
        ran = tf_migrate("rewrite", ".")
        assert ran.out.startswith(b"--- a/\xff.py\n")
        assert b"\\udcff.py:2:1: TFM001" in ran.err
        json.loads(tf_migrate("rewrite", "--format", "json", ".").out)

    def test_no_files(self, tf_migrate, cwd):
        ran = tf_migrate("rewrite", ".")
        assert (ran.code, ran.out, ran.errors) == (0, b"", "no TensorFlow 1 export code found\n")


class TestOptions:
    def test_strict_exits_1_where_a_site_is_flagged(self, tf_migrate, tree):
        assert tf_migrate("rewrite", "--strict", ".").code == 1
        assert tf_migrate("rewrite", "--strict", "--write", "b.py").code == 1
        assert tf_migrate("rewrite", "--strict", "a.py").code == 0

    @pytest.mark.parametrize("modes", [["--diff", "--write"], ["--check", "--output-dir", "x"], ["--write", "--check"]])
    def test_modes_exclude_each_other(self, tf_migrate, tree, modes):
        ran = tf_migrate("rewrite", ".", *modes)
        assert ran.code == 2
        assert b"exclude each other" in ran.err
        assert Path("a.py").read_bytes() == CODE

    def test_level(self, tf_migrate, tree):
        Path("pyproject.toml").write_text('[tool.tf-migrate]\nlevel = "bridged"\n')
        assert b"TFM001 bridged" in tf_migrate("rewrite", "a.py").err
        assert b"TFM001 wrapped" in tf_migrate("rewrite", "--level", "wrapped", "a.py").err
        assert tf_migrate("rewrite", "--level", "flagged", "a.py").code == 2

    def test_exclude(self, tf_migrate, tree):
        Path("pyproject.toml").write_text('[tool.tf-migrate]\nexclude = ["a.py"]\n')
        assert tf_migrate("rewrite", ".").out == b""
        assert tf_migrate("rewrite", "--exclude", "b.py", ".").out != b""

    def test_rules_that_are_not_there(self, tf_migrate, tree):
        for option in ("--select", "--ignore"):
            ran = tf_migrate("rewrite", option, "TFM998", ".")
            assert ran.code == 2
            assert b"there is no rule 'TFM998'" in ran.err

    def test_a_bad_pyproject_is_told(self, tf_migrate, tree):
        Path("pyproject.toml").write_text("[tool.tf-migrate]\nlevle = 1\n")
        ran = tf_migrate("rewrite", ".")
        assert (ran.code, ran.out) == (2, b"")
        assert "pyproject.toml: [tool.tf-migrate]: unknown key 'levle'" in ran.errors

    def test_jobs_change_nothing(self, tf_migrate, cwd):
        for number in range(20):
            Path(f"{number:02}.py").write_bytes(CODE)
        assert tf_migrate("rewrite", "--jobs", 1, ".") == tf_migrate("rewrite", "--jobs", 3, ".")
