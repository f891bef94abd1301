"""docs/ci.md: its workflows are valid YAML, and their commands do in a repository what the page says."""

from __future__ import annotations

import re

import pytest
import yaml

from migrate.review.review import Review
from migrate.review.store import store_of
from migrate.settings import Settings
from tests.commands import TOP, shell
from tests.report.sarif_schema import checked
from tests.review.scripts import FLAGGED, NATIVE

PAGE = (TOP / "docs/ci.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


DOCUMENTS = [yaml.safe_load(block) for block in blocks("yaml")]
WORKFLOWS = {document["name"]: document for document in DOCUMENTS if "jobs" in document}


def steps(workflow: str) -> dict[str, str]:
    """The commands of a workflow's only job, by the names of the steps."""
    (job,) = WORKFLOWS[workflow]["jobs"].values()
    return {step["name"]: step["run"] for step in job["steps"] if "run" in step}


@pytest.fixture
def project(repository):
    """A repository in which one file can be rewritten, and one is flagged."""
    (repository.top / "one.py").write_text(NATIVE)
    (repository.top / "two.py").write_text(FLAGGED)
    repository.commit()
    return repository


def accept(project) -> None:
    """Accepts all there is, and commits the decisions."""
    review = Review([project.top], Settings())
    list(review.read())
    review.settle()
    review.accept(item for file in review.files for item in review.items(file.path))
    store_of([project.top]).save(review)
    project.commit()


def test_all_steps_are_tried_here():
    assert {name: list(steps(name)) for name in WORKFLOWS} == {
        "TensorFlow 2": ["Install", "Annotate", "Report", "Check"],
        "Carry out the review": ["Install", "Write", "Commit", "Push"],
    }
    # What installs differs by where it is published, and what is called after it is an action of GitHub's.
    assert all(steps(name)["Install"].startswith("pip install ") for name in WORKFLOWS)


def test_a_pull_request_with_something_to_rewrite(project):
    run = steps("TensorFlow 2")
    done = shell(run["Annotate"], project.top)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["::notice", "::warning"]
    assert shell(run["Report"], project.top).returncode == 0
    (upload,) = [
        step for step in WORKFLOWS["TensorFlow 2"]["jobs"]["tf-migrate"]["steps"] if "sarif" in str(step.get("with"))
    ]
    assert len(checked((project.top / upload["with"]["sarif_file"]).read_text())["results"]) == 2
    assert shell(run["Check"], project.top).returncode == 1


def test_a_pull_request_that_is_through(project):
    assert shell("tf-migrate rewrite --write .", project.top).returncode == 0
    assert shell(steps("TensorFlow 2")["Check"], project.top).returncode == 0
    strict = re.findall(r"`(tf-migrate scan --strict [^`]*)`", PAGE)
    assert [shell(command, project.top).returncode for command in strict] == [1]


def test_a_review_that_is_carried_out(project, tmp_path_factory):
    accept(project)
    origin = tmp_path_factory.mktemp("origin")
    project.git("init", "-q", "--bare", str(origin))
    project.git("remote", "add", "origin", str(origin))
    project.git("push", "-q", "-u", "origin", "HEAD")
    (check,) = re.findall(r"`(tf-migrate review --accepted-only --check [^`]*)`", PAGE)
    assert shell(check, project.top).returncode == 1
    run = steps("Carry out the review")
    for name in ("Write", "Commit", "Push"):
        done = shell(run[name], project.top)
        assert done.returncode == 0, done
    assert shell(check, project.top).returncode == 0
    assert "tf.Module" in project.git("show", "@{upstream}:one.py")
    assert project.git("status", "--porcelain", "--untracked-files=no") == ""


@pytest.mark.parametrize("block", blocks("sh"))
def test_mails(project, block):
    accept(project)
    done = shell(block, project.top)
    assert done.returncode == 0, done
    assert "tf.Module" in (project.top / "one.py").read_text()
    assert project.git("log", "-1", "--format=%s").strip() == "Export with TensorFlow 2"


def test_hooks_are_those_that_there_are():
    declared = {hook["id"]: hook for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    configured = [hook for document in DOCUMENTS for repo in document.get("repos", ()) for hook in repo["hooks"]]
    assert configured
    for hook in configured:
        differs = {key for key, value in hook.items() if value != declared[hook["id"]][key]}
        # Installed already, it is not to be installed again.
        assert differs <= {"language"}
