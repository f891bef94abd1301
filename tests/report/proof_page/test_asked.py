from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from migrate.report.proof_page.asked import Asked, repeat_command, script_command


def test_two_models(models):
    assert repeat_command(models, Asked(3)) == "tf-migrate verify models/old models/new --seed 3"


def test_tags_samples_and_paths_that_a_shell_or_a_program_would_misread(models):
    odd = replace(models, a="-old", b="new model; rm", tags=("gpu", "serve"))
    said = shlex.split(repeat_command(odd, Asked(0, Path("my samples.npz"))))
    assert said == [
        *("tf-migrate", "verify", "./-old", "new model; rm", "--tags", "gpu,serve"),
        *("--seed", "0", "--samples", "my samples.npz"),
    ]


def test_two_scripts(scripts):
    said = shlex.split(repeat_command(scripts, Asked(3)))
    assert said == [
        *("tf-migrate", "verify", "--scripts", "before.py", "after.py", "--tf1-python", "/one/python", "--seed", "3")
    ]


def test_scripts_with_all_that_can_be_asked_for(scripts):
    asked = Asked(1, None, ("--steps", "a b", "{out}"), 60, True, ("TOKEN", "HOST"))
    said = shlex.split(repeat_command(scripts, asked))
    assert said[7:] == [
        *("--timeout", "60", "--network", "--env", "TOKEN=...", "--env", "HOST=...", "--seed", "1"),
        *("--", "--steps", "a b", "{out}"),
    ]


def test_the_command_is_one_that_the_program_takes(scripts, monkeypatch):
    """Parsed by the command line itself, the words come back as what was asked for."""
    from migrate.cli import scripts as cli_scripts
    from migrate.cli.main import main

    got = {}

    def verify(before, after, args, samples, seed, options, **more):
        got.update(before=before, after=after, args=tuple(args), samples=samples, seed=seed, options=options)
        return scripts

    monkeypatch.setattr(cli_scripts, "verify_scripts_command", verify)
    asked = Asked(7, Path("s.npz"), ("--steps", "-1"), 61.5, True, ("TOKEN",))
    main(shlex.split(repeat_command(scripts, asked))[1:])
    options = got.pop("options")
    assert got == {
        "before": Path("before.py"),
        "after": Path("after.py"),
        "args": asked.args,
        "samples": asked.samples,
        "seed": asked.seed,
    }
    assert (options.tf1_python, options.timeout, options.network) == (Path("/one/python"), 61.5, True)
    assert tuple(options.added) == asked.variables


def test_what_ran_a_script(scripts):
    assert script_command(scripts.after, Asked(args=("{out}", "a b"))) == "/two/python after.py '{out}' 'a b'"
