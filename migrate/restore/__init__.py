"""Gives a SavedModel's signatures what TF2's export has lost: method names, keys, tensor names; safely."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from migrate.atomic import is_same
from migrate.destination import Destination
from migrate.errors import MigrateError
from migrate.restore import in_place
from migrate.restore.changes import Changes, KeyRename, MethodName, Pair
from migrate.restore.plan import make_plan
from migrate.restore.restoration import Restoration
from migrate.restore.staging import stage
from migrate.restore.undo_file import NAME as UNDO
from migrate.restore.undo_file import forget_last
from migrate.restore.whole_copy import copy_rest
from migrate.signatures.canonical import Checksums
from migrate.signatures.contract import Api
from migrate.signatures.fingerprint import NAME as FINGERPRINT
from migrate.signatures.fingerprint import refreshed
from migrate.signatures.model_file import model_file, open_model
from migrate.signatures.read import read_meta_graphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike

    from migrate.restore.edit import Broken
    from migrate.restore.plan import GraphEdit, Plan
    from migrate.signatures.model_file import ModelFile

__all__ = [
    "Changes",
    "KeyRename",
    "MethodName",
    "Pair",
    "Restoration",
    "restore",
    "restore_signatures",
    "set_method_names",
    "undo",
]


def restore_signatures(
    model: str | PathLike[str],
    *,
    classify: Iterable[str] = (),
    regress: Iterable[str] = (),
    predict: Iterable[str] = (),
    original: str | PathLike[str] | None = None,
    tags: Iterable[str] | None = None,
    rename: Mapping[str, str] | None = None,
    copy: Mapping[str, str] | None = None,
    remove: Iterable[str] = (),
    rename_inputs: Mapping[str, Mapping[str, str]] | None = None,
    rename_outputs: Mapping[str, Mapping[str, str]] | None = None,
    out: str | PathLike[str] | None = None,
    overwrite: bool = False,
    force: bool = False,
    dry_run: bool = False,
) -> Restoration:
    """Sets the method names of a SavedModel's signatures, and their keys; everything else stays byte for byte.

    TensorFlow is not imported. Keys in `classify`, `regress`, `predict`, `rename_inputs` and `rename_outputs` are
    those of the result, after `copy`, `rename` and `remove`.

    Args:
        model: The SavedModel directory.
        classify: Keys of signatures for TensorFlow Serving's Classify API.
        regress: Likewise for Regress.
        predict: Likewise for Predict.
        original: The model that this one replaces; it gets that one's method names, key by key.
        tags: Of the only MetaGraph to change; all where None.
        rename: Old keys of signatures to new ones.
        copy: Keys of signatures to the keys that they get beside them.
        remove: Keys of signatures that go.
        rename_inputs: By signature, old keys of inputs to new ones.
        rename_outputs: By signature, old keys of outputs to new ones.
        out: Where to write a whole new model; the model is changed in place where None.
        overwrite: Whether `out` may exist, and is then replaced.
        force: Whether to write also what the API of the method name can never take.
        dry_run: Whether to write nothing.

    Raises:
        MigrateError: The model cannot be read or written, a key is not there, or an API could never take a changed
            signature; the message says why, and what to do. Then the model is what it was.
    """
    sides: tuple[tuple[Literal["input", "output"], Any], ...] = (("input", rename_inputs), ("output", rename_outputs))
    key_renames = [
        KeyRename(signature, what, old, new)
        for what, renames in sides
        for signature, keys in (renames or {}).items()
        for old, new in keys.items()
    ]
    changes = Changes(
        copies=tuple(Pair(old, new) for old, new in (copy or {}).items()),
        renames=tuple(Pair(old, new) for old, new in (rename or {}).items()),
        removals=tuple(remove),
        key_renames=tuple(key_renames),
        method_names=tuple(
            MethodName(key, api.method_name)
            for api, keys in ((Api.CLASSIFY, classify), (Api.REGRESS, regress), (Api.PREDICT, predict))
            for key in keys
        ),
    )
    return restore(
        model, changes, original=original, tags=tags, out=out, overwrite=overwrite, force=force, dry_run=dry_run
    )


def set_method_names(model: str | bytes | PathLike[str], method_names: Mapping[str, str]) -> None:
    """Sets method names as they are given, in place; for code that has just written the model.

    Unlike `restore_signatures` it does not ask whether an API could take the signatures, and keeps nothing to undo.

    Args:
        model: The SavedModel directory.
        method_names: By signature, for instance `tensorflow/serving/classify`.

    Raises:
        MigrateError: The model cannot be read or written, or has no such signature. Then it is what it was.
    """
    changes = Changes(method_names=tuple(MethodName(key, name) for key, name in method_names.items()))
    directory = os.fsdecode(model)
    if restore(directory, changes, force=True).written:
        forget_last(model_file(directory).parent)


def restore(
    model: str | PathLike[str],
    changes: Changes,
    *,
    original: str | PathLike[str] | None = None,
    tags: Iterable[str] | None = None,
    graph_edits: Sequence[GraphEdit] = (),
    out: str | PathLike[str] | None = None,
    overwrite: bool = False,
    force: bool = False,
    dry_run: bool = False,
) -> Restoration:
    """Carries out changes; see `restore_signatures`.

    Args:
        model: The SavedModel directory.
        changes: What is asked for.
        original: The model whose method names it gets.
        tags: Of the only MetaGraph to change.
        graph_edits: What else is to be done to each MetaGraph, after its signatures.
        out: Where to write a whole new model.
        overwrite: Whether `out` may exist.
        force: Whether to write also what the API of the method name can never take.
        dry_run: Whether to write nothing.

    Raises:
        MigrateError: As `restore_signatures`.
    """
    file = model_file(model)
    originals = None if original is None else read_meta_graphs(original)
    wanted = None if tags is None else tuple(tags)

    def plan(opened: ModelFile) -> Plan:
        try:
            made = make_plan(opened, changes, tags=wanted, originals=originals, graph_edits=graph_edits, force=force)
        except MigrateError as error:
            raise MigrateError(f"{model}: {error}") from error
        if made.broken and not force:
            raise MigrateError(_refusal(model, made.broken))
        return made

    if dry_run:
        with open_model(file) as opened:
            return _result(file, None, plan(opened))
    if out is not None:
        with open_model(file) as opened:
            made = plan(opened)
            _write_whole(opened, made, Path(out), overwrite=overwrite)
            return _result(file, Path(out), made, written=True)
    with in_place.exclusively(file), open_model(file) as opened:
        made = plan(opened)
        if made.changed:
            _write_in_place(opened, made)
        return _result(file, None, made, written=made.changed)


def undo(model: str | PathLike[str]) -> int:
    """Takes back the last change that `restore_signatures` made to a model in place.

    Args:
        model: The SavedModel directory.

    Returns:
        How many more changes can be taken back.

    Raises:
        MigrateError: There is none, or the model has been written by others since.
    """
    file = model_file(model)
    with in_place.exclusively(file):
        try:
            return in_place.undo(file)
        except OSError as error:
            raise MigrateError(f"{file}: cannot write it: {error.strerror or error}; it is as it was") from error


def _write_in_place(opened: ModelFile, plan: Plan) -> None:
    file = opened.path
    content = plan.content
    old = file.read_bytes() if opened.is_text else opened.buffer
    try:
        in_place.change(file, opened.status, content, content.inverse(old), _fingerprint(opened, plan))
    except OSError as error:
        raise MigrateError(
            f"{file}: cannot write it: {error.strerror or error}; it is as it was (--out DIR writes a new model elsewhere)"
        ) from error


def _write_whole(opened: ModelFile, plan: Plan, out: Path, *, overwrite: bool) -> None:
    source = opened.path.parent
    if out.resolve() == source.resolve():
        raise MigrateError(f"{out}: the model is there; leave --out away to change it in place")
    destination = Destination(out, overwrite=overwrite)
    destination.refuse_to_replace(source)
    if out.resolve().is_relative_to(source.resolve()):
        raise MigrateError(f"{out}: inside the model that is to be copied; choose another place")
    with destination as work:
        try:
            copy_rest(source, work)
            new = stage(opened.path, plan.content, work)
            if not is_same(opened.path.stat(), opened.status):
                raise MigrateError(f"{opened.path}: somebody else has written it meanwhile; run this again")
            fingerprint = _fingerprint(opened, plan)
            data = None if fingerprint is None else fingerprint(new, Checksums())
            if data is not None:
                (work / FINGERPRINT).write_bytes(data)
            new.rename(work / opened.path.name)
        except OSError as error:
            raise MigrateError(f"{out}: cannot write it: {error.strerror or error}") from error
        destination.keep()


def _fingerprint(opened: ModelFile, plan: Plan) -> Callable[[Path, Checksums], bytes | None] | None:
    """What makes the new fingerprint.pb, where there is an old one."""
    place = opened.path.parent / FINGERPRINT
    # TensorFlow makes none for models in text form: what lies beside one is another model's.
    if opened.is_text or not place.is_file():
        return None
    old = place.read_bytes()
    if not plan.changed:
        return lambda _new, _known: old
    return lambda new, known: refreshed(old, opened.path, new, opened.path.parent, plan.same, known)


def _result(file: Path, out: Path | None, plan: Plan, *, written: bool = False) -> Restoration:
    undo_file = file.parent / UNDO
    return Restoration(
        model=file.parent,
        out=out,
        meta_graphs=plan.meta_graphs,
        broken=plan.broken,
        changed=plan.changed,
        written=written,
        undo=undo_file if written and out is None and undo_file.exists() else None,
    )


def _refusal(model: str | PathLike[str], broken: Iterable[Broken]) -> str:
    """One line: for each signature why an API could never take it, and what to do."""
    parts = []
    for key, group in groupby(broken, key=lambda one: (one.signature, one.api)):
        violations = [one.violation for one in group]
        reasons = "; also ".join(dict.fromkeys(violation.message for violation in violations))
        remedies = dict.fromkeys(violation.remedy or " ".join(violation.options) for violation in violations)
        # Wrapping gives the signature all its keys: renaming some of them is no part of it.
        wrapping = [remedy for remedy in remedies if remedy.startswith("wrap")]
        todo = ", ".join(wrapping[:1] or [remedy for remedy in remedies if remedy])
        parts.append(f"signature `{key[0]}` could never serve {key[1]}: {reasons}" + (f"; {todo}" if todo else ""))
    return f"{model}: {'; '.join(parts)} (--force writes it all the same)"
