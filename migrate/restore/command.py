"""The options of `tf-migrate restore`, as text, made into changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.restore import restore
from migrate.restore.changes import Changes, MethodName
from migrate.restore.spelling import key_rename, pair
from migrate.signatures.contract import Api
from migrate.signatures.read import read_meta_graphs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrate.restore.plan import GraphEdit
    from migrate.restore.restoration import Restoration


@dataclass(frozen=True, slots=True)
class Request:
    """What was written on the command line; docs/restore.md says what each means."""

    model: Path
    classify: tuple[str, ...] = ()
    regress: tuple[str, ...] = ()
    predict: tuple[str, ...] = ()
    original: Path | None = None
    copy: tuple[str, ...] = ()
    rename: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    rename_input: tuple[str, ...] = ()
    rename_output: tuple[str, ...] = ()
    examples: str | None = None
    classes: str | None = None
    scores: str | None = None
    outputs: str | None = None
    tensor_names: bool = False
    tags: tuple[str, ...] | None = None
    out: Path | None = None
    overwrite: bool = False
    force: bool = False
    dry_run: bool = False

    @property
    def method_names(self) -> tuple[tuple[str, Api], ...]:
        """Keys and the APIs that they are to be for."""
        given = ((Api.CLASSIFY, self.classify), (Api.REGRESS, self.regress), (Api.PREDICT, self.predict))
        return tuple((key, api) for api, keys in given for key in keys)


def run(request: Request) -> Restoration:
    """Does what the options say.

    Raises:
        MigrateError: They do not go together, or it cannot be done; then the model is what it was.
    """
    _check(request)
    meta_graphs = read_meta_graphs(request.model)
    copies = tuple(pair("--copy", text, meta_graphs) for text in request.copy)
    renames = tuple(pair("--rename", text, meta_graphs) for text in request.rename)
    moved = (*copies, *renames)
    wrapped = () if request.examples is None else tuple(key for key, _ in request.method_names)
    changes = Changes(
        copies=copies,
        renames=renames,
        removals=request.remove,
        key_renames=(
            *(key_rename("input", text, meta_graphs, moved) for text in request.rename_input),
            *(key_rename("output", text, meta_graphs, moved) for text in request.rename_output),
        ),
        # The signature that is to parse examples gets its method name when it does.
        method_names=tuple(MethodName(key, api.method_name) for key, api in request.method_names if key not in wrapped),
        wrapped=wrapped,
    )
    return restore(
        request.model,
        changes,
        original=request.original,
        tags=request.tags,
        graph_edits=tuple(_graph_edits(request)),
        out=request.out,
        overwrite=request.overwrite,
        force=request.force,
        dry_run=request.dry_run,
    )


def _check(request: Request) -> None:
    keys = [key for key, _ in request.method_names]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise MigrateError(f"signature `{twice[0]}` is given two method names")
    wrapping = {"--classes": request.classes, "--scores": request.scores, "--outputs": request.outputs}
    if request.examples is None:
        for option, value in wrapping.items():
            if value is not None:
                raise MigrateError(f"{option} goes with --examples SPEC: which features the signature is to parse")
    elif len(keys) != 1 or request.predict:
        raise MigrateError("--examples goes with exactly one --classify KEY or --regress KEY")
    if request.tensor_names and request.original is None:
        raise MigrateError("--tensor-names: name the model whose tensors are meant with --from ORIGINAL")
    if request.overwrite and request.out is None:
        raise MigrateError("--overwrite goes with --out DIR")
    asked = (*keys, *request.copy, *request.rename, *request.remove, *request.rename_input, *request.rename_output)
    if not asked and request.original is None and request.out is None:
        raise MigrateError(
            "say what to restore: --classify KEY, --regress KEY, --from ORIGINAL, ... (`tf-migrate check MODEL` shows "
            "what is missing)"
        )


def _graph_edits(request: Request) -> Iterator[GraphEdit]:
    """In the order in which they are made: names are put back into what the signatures are in the end."""
    if request.examples is not None:
        from migrate.restore.graph_edits import examples

        ((key, api),) = request.method_names
        yield examples(
            key,
            api,
            request.examples,
            original=request.original,
            scores=request.scores,
            classes=request.classes,
            outputs=request.outputs,
        )
    if request.tensor_names and request.original is not None:
        from migrate.restore.graph_edits import tensor_names

        yield tensor_names(request.original)
