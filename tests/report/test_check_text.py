"""The report for people."""

from __future__ import annotations

from pathlib import Path

from migrate.check.results import (
    Finding,
    MetaGraphCheck,
    ModelCheck,
    Profile,
    Severity,
    SignatureCheck,
    Taken,
    Trial,
    Verdict,
)
from migrate.report.check_text import mended, render_commands, render_text, verdict
from migrate.signatures.contract import Api, Violation
from migrate.signatures.contract import Severity as Broken

NAME = "tensorflow/serving/predict"


def no(api, message="its input `x` is float32; {} feeds strings"):
    return Verdict(api, Taken.NO, (Violation("r", Broken.ERROR, message.format(api.title)),))


def signature(key="serving_default", method=NAME, verdicts=None, trials=()):
    usual = (Verdict(Api.PREDICT, Taken.YES), no(Api.CLASSIFY), no(Api.REGRESS))
    return SignatureCheck(key, method, verdicts or usual, trials)


def check(*signatures, findings=(), commands=(), more=()):
    meta_graphs = (MetaGraphCheck(("serve",), "2.21.0", signatures), *more)
    path = Path("export/3")
    file = path / "saved_model.pb"
    return ModelCheck(path, file, Profile.SERVING, None, None, False, meta_graphs, findings, commands)


def finding(severity=Severity.ERROR, message="is wrong", **kwargs):
    return Finding("some-rule", severity, message, ("serve",), "serving_default", **kwargs)


def test_a_model_that_is_fine():
    assert render_text(check(signature())).splitlines() == [
        "export/3",
        "tags serve, written by TensorFlow 2.21.0",
        "  signature        method name  Predict  Classify  Regress",
        "  serving_default  predict      yes      no        no",
        "  serving_default: Classify and Regress: no, its input `x` is float32; Classify and Regress feed strings",
        "",
        "nothing wrong",
    ]


def test_findings_and_the_command():
    found = (
        finding(options=("--classify", "a b")),
        finding(remedy="do this"),
        finding(remedy="do this"),
        finding(Severity.WARNING),
    )
    command = ("tf-migrate", "restore", "export/3", "--classify", "a b")
    lines = render_text(check(signature(), findings=found, commands=(command,))).splitlines()
    assert lines[5:] == [
        "",
        "error: serving_default: is wrong [some-rule]",
        "    mend it: restore with --classify 'a b'",
        "error: serving_default: is wrong [some-rule]",
        "error: serving_default: is wrong [some-rule]",
        "    do this",
        "warning: serving_default: is wrong [some-rule]",
        "",
        "3 errors, 1 warning",
        "this mends 1 of 4:",
        "    tf-migrate restore export/3 --classify 'a b'",
    ]


def test_alike_reasons_are_told_once_and_not_too_many():
    many = [signature(f"k{index}") for index in range(3)]
    (line,) = [line for line in render_text(check(*many)).splitlines() if " no, " in line]
    assert line.startswith("  k0, k1, k2: Classify and Regress: no")
    different = [
        signature(
            str(index),
            verdicts=(Verdict(Api.PREDICT, Taken.YES), no(Api.CLASSIFY, str(index)), no(Api.REGRESS, str(index))),
        )
        for index in range(9)
    ]
    lines = render_text(check(*different)).splitlines()
    assert "  and 3 more reasons (--format json has them all)" in lines


def test_no_reasons_beside_findings_and_fits():
    promised = signature(
        method="tensorflow/serving/classify", verdicts=(no(Api.PREDICT), no(Api.CLASSIFY), no(Api.REGRESS))
    )
    fits = signature(
        "lost", verdicts=(Verdict(Api.PREDICT, Taken.YES), Verdict(Api.CLASSIFY, Taken.UNNAMED), no(Api.REGRESS))
    )
    text = render_text(check(promised, fits))
    assert " no, " not in text
    assert "  lost             predict      yes      (yes)     no" in text
    assert "(yes): its inputs and outputs fit, its method name does not" in text


def test_no_signatures_and_no_method_name():
    assert "  no signatures" in render_text(check()).splitlines()
    assert "  k          (none)       yes      no        no" in render_text(check(signature("k", ""))).splitlines()


def test_several_meta_graphs():
    other = MetaGraphCheck((), "", ())
    note = Finding("not-served", Severity.NOTE, "is not for serving", ("train",))
    text = render_text(check(signature(), findings=(note, finding()), more=(other,)))
    assert "tags (none)" in text.splitlines()
    assert "note: [train]: is not for serving [not-served]" in text
    assert "error: [serve] serving_default: is wrong [some-rule]" in text


def test_trials():
    trials = (
        Trial(Api.CLASSIFY, (1, 3)),
        Trial(Api.REGRESS, (1,), "did not take 3"),
        Trial(Api.REGRESS, (), "not run: so"),
    )
    lines = render_text(check(signature(trials=trials))).splitlines()
    assert "  serving_default: run with Classify: answered 1 and 3 tf.Examples" in lines
    assert "  serving_default: run with Regress: answered 1 tf.Examples; did not take 3" in lines
    assert "  serving_default: run with Regress: not run: so" in lines


def test_control_characters_stay_visible():
    hostile = signature("k\x1b[2J\n")
    text = render_text(check(hostile, findings=(Finding("r", Severity.ERROR, "a\nb", ("serve",), "k\x07"),)))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "error: k\\x07: a\\x0ab [r]" in text.splitlines()


def test_colour():
    text = render_text(check(signature(), findings=(finding(),)), colour=True)
    assert "\x1b[1;31merror\x1b[0m: serving_default" in text
    assert text.endswith("\x1b[1;31m1 error\x1b[0m\n")


def test_verdicts():
    note = finding(Severity.NOTE)
    assert verdict(check(findings=(note, note))) == "nothing wrong (2 notes)"
    assert verdict(check(findings=(finding(), note))) == "1 error, 1 note"


def test_commands():
    made = check(commands=(("tf-migrate", "restore", "a b", "--predict", "k"), ("tf-migrate", "restore", "x")))
    assert render_commands(made) == "tf-migrate restore 'a b' --predict k\ntf-migrate restore x\n"
    assert "these mend 0 of 0:" in render_text(made)
    assert mended(check(findings=(finding(options=("--a", "b")), finding(Severity.NOTE, options=("--a", "b"))))) == 1
