"""Converts a TF1 model into a genuine TF2 SavedModel."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.destination import Destination
from migrate.errors import MigrateError
from migrate.graph.choose import add_requested, chosen_keys
from migrate.graph.hazards import find_hazards
from migrate.graph.inspection import HazardKind, Severity
from migrate.graph.kept import kept_initialization
from migrate.graph.load import load_source, select_meta_graph
from migrate.graph.prepare import prepare_operations, prepare_signature
from migrate.graph.reference_model import write_reference
from migrate.graph.registry import load_op_library
from migrate.graph.view import MetaGraphView
from migrate.signatures import BOOKKEEPING
from migrate.verify.results import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    from migrate.graph.inspection import Hazard
    from migrate.graph.prepare import Prepared
    from migrate.graph.requests import RequestedSignature
    from migrate.graph.save import Written
    from migrate.graph.source import Source
    from migrate.graph.state import Variable
    from migrate.verify.results import Comparison

AUTO = "auto"
"""The `--signature` that takes the first signature that `inspect` proposes."""

_TRUSTED = frozenset({HazardKind.PYTHON_FUNCTION, HazardKind.WRITES_FILE})


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of a model.

    Attributes:
        source: The model that was converted.
        out: The SavedModel that was written; None where the proof failed and nothing was.
        tags: Of its MetaGraph.
        signatures: Its signatures' keys.
        variables: Its variables.
        tables: How many lookup tables it has.
        assets: How many asset files it has.
        notes: What a user should know about the result, a sentence each.
        comparison: The proof; None where it was not asked for.
    """

    source: Path
    out: Path | None
    tags: tuple[str, ...]
    signatures: tuple[str, ...]
    variables: tuple[Variable, ...]
    tables: int
    assets: int
    notes: tuple[str, ...]
    comparison: Comparison | None

    @property
    def trainable(self) -> int:
        """How many of its variables are trainable."""
        return sum(variable.trainable for variable in self.variables)


def convert_model(
    path: str | PathLike[str],
    out: str | PathLike[str],
    *,
    tags: Sequence[str] | None = None,
    checkpoint: str | PathLike[str] | None = None,
    signatures: Iterable[RequestedSignature] = (),
    only: Iterable[str] = (),
    expose: Mapping[str, str] | None = None,
    keep_training: bool = False,
    runtime: str | None = None,
    code: str | PathLike[str] | None = None,
    overwrite: bool = False,
    trust: bool = False,
    verify: bool = True,
    samples: str | PathLike[str] | None = None,
    op_libraries: Iterable[str] = (),
) -> Conversion:
    """Writes a TF2 SavedModel with the signatures and numbers of a TF1 model, and proves that they are the same.

    The model is executed only to prove it.

    Args:
        path: A SavedModel directory, a MetaGraphDef or a GraphDef, binary or text.
        out: The directory to write. It appears whole or not at all.
        tags: Those of the MetaGraph to convert; by default the only one, or the one tagged `serve`.
        checkpoint: The prefix of the variables' checkpoint, where it does not lie with the model.
        signatures: Further signatures, or those of a model without any.
        only: The keys of the signatures to convert; all by default. `auto` is the one that is proposed for a
            model without signatures.
        expose: Inner tensors to return: for each, a signature of that key with its one output.
        keep_training: Whether also the variables that no signature needs are kept.
        runtime: The version of TensorFlow that has to load the result, for instance `1.15`.
        code: A Python file to write, which does this conversion without this tool.
        overwrite: Whether `out` may exist and is replaced.
        trust: Whether a model is converted, and run to prove it, that writes files or calls Python functions.
        verify: Whether to run both models and compare them.
        samples: Inputs for that, in place of generated ones: an .npz file with keys `SIGNATURE/INPUT`.
        op_libraries: Shared libraries with custom operations.

    Raises:
        MigrateError: The model cannot be read or converted; the message is one line that says what and where.
    """
    for library in op_libraries:
        load_op_library(library)
    destination = Destination(Path(out), overwrite=overwrite)
    source = load_source(path, checkpoint)
    destination.refuse_to_replace(*source.places)
    meta_graph = select_meta_graph(source, tags)
    view = MetaGraphView(source, meta_graph)
    if meta_graph.HasField("object_graph_def"):
        raise MigrateError(f"{source.path}: TF2 wrote this model; there is nothing to convert")
    requested = add_requested(view, signatures, expose or {}, auto=AUTO in set(only))
    # The signatures that were asked for are the model's own from here on.
    view.signatures_changed()
    keys = chosen_keys(view, [key for key in only if key != AUTO], requested)
    _refuse(source, find_hazards(view), keys, trust=trust)
    prepared = [prepare_signature(view, view.slices[key].definition) for key in keys]
    initialization = _initialization(view, prepared)
    with destination as directory:
        from migrate.graph.save import save_model

        written = save_model(
            directory, view, prepared, initialization, requested=requested, keep_training=keep_training
        )
        notes = [*written.notes, *_notes(prepared)]
        if runtime is not None:
            from migrate.graph.runtime import lower_to

            notes.extend(lower_to(directory, runtime))
        comparison = _verify(directory, source, view, keys, samples) if verify else None
        if comparison is not None and comparison.status is Status.DIFFERENT:
            return _conversion(source, None, view, keys, written, notes, comparison)
        if code is not None:
            from migrate.graph.code import write_code

            write_code(Path(code), view, prepared, initialization, written, requested=requested, overwrite=overwrite)
        destination.keep()
    return _conversion(source, Path(out), view, keys, written, notes, comparison)


def _refuse(source: Source, hazards: Iterable[Hazard], keys: Sequence[str], *, trust: bool) -> None:
    """Raises where a hazard of one of these signatures, or of the model as a whole, blocks the conversion."""
    for hazard in hazards:
        if hazard.severity is not Severity.BLOCKS or (trust and hazard.kind in _TRUSTED):
            continue
        if hazard.signatures and not set(hazard.signatures) & set(keys):
            continue
        where = f": node {hazard.node} ({hazard.op})" if hazard.node else ""
        raise MigrateError(f"{source.path}{where}: {hazard.message} {hazard.remedy}")


def _notes(prepared: Iterable[Prepared]) -> list[str]:
    """What a user should know of the functions that were made."""
    return [f"{each.key}: no gradients: {kept}" for each in prepared for kept in each.kept_v1]


def _initialization(view: MetaGraphView, prepared: Sequence[Prepared]) -> Prepared | None:
    operations = kept_initialization(view, {node.name for each in prepared for node in each.graph_def.node})
    return prepare_operations(view, "initialization", operations) if operations else None


def _verify(
    directory: Path, source: Source, view: MetaGraphView, keys: Sequence[str], samples: str | PathLike[str] | None
) -> Comparison:
    from migrate.verify import verify_models

    meta_graph = view.meta_graph
    for key in [key for key in meta_graph.signature_def if key not in keys and key not in BOOKKEEPING]:
        del meta_graph.signature_def[key]
    tags = view.tags or ("serve",)
    with tempfile.TemporaryDirectory(prefix="tf-migrate-") as name:
        write_reference(Path(name), source, meta_graph, tags, view.init_operations)
        return verify_models(name, directory, tags=tags, samples=samples)


def _conversion(
    source: Source,
    out: Path | None,
    view: MetaGraphView,
    keys: tuple[str, ...],
    written: Written,
    notes: Sequence[str],
    comparison: Comparison | None,
) -> Conversion:
    if comparison is not None:
        comparison = replace(comparison, a=str(source.path), b=str(out or "the conversion"))
    return Conversion(
        source=source.path,
        out=out,
        tags=view.tags or ("serve",),
        signatures=keys,
        variables=written.variables,
        tables=len(written.tables),
        assets=written.assets,
        notes=tuple(notes),
        comparison=comparison,
    )
