"""Operations that read or write files.

`saved_model_cli scan` warns of a few of them too (`_OP_DENYLIST` in tensorflow/python/tools/saved_model_cli.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from migrate.graph.constants import constant_strings
from migrate.graph.hazards.context import Context, Place, hazard_at
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity

READS = frozenset(
    {
        *("ReadFile", "MatchingFiles", "MatchingFilesDataset", "ImmutableConst", "LoadAndRemapMatrix"),
        *("GenerateVocabRemapping", "Restore", "RestoreSlice", "RestoreV2", "LoadDataset", "LoadDatasetV2"),
        *("TextLineDataset", "TFRecordDataset", "TFRecordDatasetV2", "FixedLengthRecordDataset"),
        *("FixedLengthRecordDatasetV2", "SqlDataset", "ExperimentalSqlDataset", "LMDBDataset", "CSVDataset"),
        *("CSVDatasetV2", "ExperimentalCSVDataset", "ExperimentalLMDBDataset"),
    }
)
WRITES = frozenset(
    {
        *("WriteFile", "Save", "SaveSlices", "SaveV2", "MergeV2Checkpoints", "SaveDataset", "SaveDatasetV2"),
        *("DatasetToTFRecord", "ExperimentalDatasetToTFRecord", "SnapshotDataset", "SnapshotDatasetV2"),
        *("CreateSummaryFileWriter", "CreateSummaryDbWriter", "ImportEvent", "FlushSummaryWriter"),
        *("WriteSummary", "WriteScalarSummary", "WriteHistogramSummary", "WriteImageSummary", "WriteAudioSummary"),
        *("WriteGraphSummary", "WriteRawProtoSummary", "DebugIdentity", "DebugIdentityV2"),
    }
)
_CACHES = frozenset({"CacheDataset", "CacheDatasetV2"})
_PRINTS = "PrintV2"


@family
def reads(context: Context) -> Iterator[Hazard]:
    """Files read whenever a signature is called; those read once when a model is loaded are its own business."""
    for place in context.of(READS):
        if place.signatures:
            yield hazard_at(
                place,
                HazardKind.READS_FILE,
                Severity.CHANGES,
                "It reads files when the signature is called; they are not part of the model.",
                "Keep the files where it looks for them, or read them outside the model and feed what is in them "
                "(--input).",
            )


@family
def writes(context: Context) -> Iterator[Hazard]:
    """Files written by what is converted, and by checking it."""
    for place in context.of(WRITES):
        if not place.op.startswith("DebugIdentity") or _debug_files(place):
            yield _writes(place, "It writes files")
    for place in context.of((_PRINTS,)):
        stream = _text_attribute(place, "output_stream")
        if stream.startswith("file://"):
            yield _writes(place, f"It prints into the file {stream.removeprefix('file://')}")
    for place in context.of(_CACHES):
        if _cache_file(context, place) != "":
            yield _writes(place, "It caches a dataset in files")


def _writes(place: Place, what: str) -> Hazard:
    when = "when the model is loaded" if place.at_start else "when the signature is called"
    return hazard_at(
        place,
        HazardKind.WRITES_FILE,
        Severity.BLOCKS,
        f"{what} {when}.",
        "Choose outputs that do not need it (--output), or convert with --trust: proving that the result is equal "
        "then writes them too.",
    )


def _debug_files(place: Place) -> bool:
    urls = place.node.attr["debug_urls"].list.s if "debug_urls" in place.node.attr else ()
    return any(url.startswith(b"file://") for url in urls)


def _text_attribute(place: Place, name: str) -> str:
    # Asking a protobuf map for what it does not have adds it, empty.
    return place.node.attr[name].s.decode("utf-8", "replace") if name in place.node.attr else ""


def _cache_file(context: Context, place: Place) -> str | None:
    """The file of a cache: empty for one in memory, None where it is computed."""
    if place.function:
        return ""
    inputs = context.index.data_inputs(place.name)
    name = constant_strings(context.index, inputs[1]) if len(inputs) > 1 else None
    return name[0].decode("utf-8", "replace") if name else None
