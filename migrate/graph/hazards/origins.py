"""Where operations come from that plain TensorFlow 2 does not have.

The lists of tf.contrib are those of the operation libraries in TF 1.15.5 (`contrib/**/*.so`), less what
TF 2.21 knows. Those of packages are from their sources.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A family of operations.

    Attributes:
        what: The library they are from, for a sentence.
        remedy: What can be done, a sentence.
        is_gone: Whether nobody makes them for TensorFlow 2.
    """

    what: str
    remedy: str
    is_gone: bool = True


_REBUILD = "Build the graph again without it, or cut it off: name the tensors before it as outputs (--output)."
_RETRAIN = "Train the model anew with TensorFlow Decision Forests; its trees cannot be carried over."
_READ_OUTSIDE = "Read the data outside the model and feed it: name the tensor behind it with --input."

_CONTRIB: dict[str, tuple[str, str]] = {
    "GatherTree": (
        "tf.contrib.seq2seq",
        "Cut the beam search off: name the decoder's step ids and parent ids as outputs (--output) and gather the "
        "beams in Python with tfa.seq2seq.gather_tree or a loop over time.",
    ),
    **dict.fromkeys(
        ("Resampler", "ResamplerGrad"), ("tf.contrib.resampler", "Rebuild it from tf.gather_nd and its four weights.")
    ),
    **dict.fromkeys(
        ("ImageProjectiveTransform", "ImageConnectedComponents", "BipartiteMatch", "AdjustHsvInYiq"),
        ("tf.contrib.image", "Rebuild it: TensorFlow 2 has raw_ops.ImageProjectiveTransformV3 for transformations."),
    ),
    "SingleImageRandomDotStereograms": ("tf.contrib.image", _REBUILD),
    **dict.fromkeys(
        ("SparseFeatureCross", "SparseFeatureCrossV2"),
        ("tf.contrib.layers", "Rebuild it with tf.sparse.cross_hashed; the hashes are others, so train anew."),
    ),
    **dict.fromkeys(
        ("DecodeAudio", "DecodeAudioV2", "DecodeVideo", "EncodeAudio", "EncodeAudioV2"),
        ("tf.contrib.ffmpeg", "Decode outside the model and feed samples (--input), or use tf.audio.decode_wav."),
    ),
    **dict.fromkeys(
        ("ReduceSliceMax", "ReduceSliceMin", "ReduceSliceProd", "ReduceSliceSum"),
        ("tf.contrib.reduce_slice_ops", _REBUILD),
    ),
    **dict.fromkeys(("PeriodicResample", "PeriodicResampleOpGrad"), ("tf.contrib.periodic_resample", _REBUILD)),
    "FusedConv2DBiasActivation": ("tf.contrib.fused_conv", "Rebuild it from conv2d, bias_add and relu."),
    **dict.fromkeys(("MaskedMatmul", "WALSComputePartialLhsAndRhs"), ("tf.contrib.factorization", _REBUILD)),
    **dict.fromkeys(
        ("ZeroInitializer", "ZeroVarInitializer"),
        ("tf.contrib.framework", "Name a checkpoint with --checkpoint and convert without the initialisation."),
    ),
    **dict.fromkeys(("BytesInUse", "BytesLimit", "MaxBytesInUse"), ("tf.contrib.memory_stats", _REBUILD)),
    "HyperplaneLSHProbes": ("tf.contrib.nearest_neighbor", _REBUILD),
    "SkipGramGenerateCandidates": ("tf.contrib.text", _REBUILD),
    "DecodeLibsvm": ("tf.contrib.libsvm", _READ_OUTSIDE),
    "ObtainNext": ("tf.contrib.input_pipeline", _READ_OUTSIDE),
    **dict.fromkeys(
        ("SequenceFileDataset", "IgniteDataset", "KafkaDataset", "KinesisDataset"),
        ("tf.contrib's datasets (now tensorflow-io)", _READ_OUTSIDE),
    ),
    **dict.fromkeys(("BigQueryReader", "GenerateBigQueryReaderPartitions"), ("tf.contrib.cloud", _READ_OUTSIDE)),
    **dict.fromkeys(
        ("Rpc", "TryRpc"), ("tf.contrib.rpc", "Make the call outside the model and feed its answer (--input).")
    ),
    "RemoteFusedGraphExecute": ("TensorFlow 1's Hexagon delegate", "Convert the model it was made from."),
    **dict.fromkeys(
        (
            *("BucketizeWithInputBoundaries", "BuildCategoricalEqualitySplits", "BuildDenseInequalitySplits"),
            *("BuildSparseInequalitySplits", "CenterTreeEnsembleBias", "GradientTreesPartitionExamples"),
            *("GradientTreesPrediction", "GradientTreesPredictionVerbose", "GrowTreeEnsemble"),
            *("MakeQuantileSummaries", "QuantileBuckets", "Quantiles", "CreateTreeEnsembleVariable"),
            *("DecisionTreeEnsembleResourceHandleOp", "QuantileStreamResourceHandleOp"),
        ),
        ("tf.contrib.boosted_trees", _RETRAIN),
    ),
    **dict.fromkeys(
        (
            *("CreateTreeVariable", "DecisionTreeResourceHandleOp", "FeatureUsageCounts", "TraverseTreeV4"),
            *("TreeDeserialize", "TreeIsInitializedOp", "TreePredictionsV4", "TreeSerialize", "TreeSize"),
            *("UpdateModelV4", "FinalizeTree", "GrowTreeV4", "ProcessInputV4", "ReinterpretStringToFloat"),
            *("ScatterAddNdim", "CreateFertileStatsVariable"),
        ),
        ("tf.contrib.tensor_forest", _RETRAIN),
    ),
}

_PREFIXES: tuple[tuple[str, Origin], ...] = (
    ("BoostedTrees", Origin("TensorFlow 1's boosted trees", _RETRAIN)),
    ("IsBoostedTrees", Origin("TensorFlow 1's boosted trees", _RETRAIN)),
    ("TensorForest", Origin("TensorFlow 1's forests", _RETRAIN)),
    ("TreeEnsemble", Origin("tf.contrib.boosted_trees", _RETRAIN)),
    ("StatsAccumulator", Origin("tf.contrib.boosted_trees", _RETRAIN)),
    ("CreateStatsAccumulator", Origin("tf.contrib.boosted_trees", _RETRAIN)),
    ("QuantileAccumulator", Origin("tf.contrib.boosted_trees", _RETRAIN)),
    ("CreateQuantileAccumulator", Origin("tf.contrib.boosted_trees", _RETRAIN)),
    ("FertileStats", Origin("tf.contrib.tensor_forest", _RETRAIN)),
    ("Bigtable", Origin("tf.contrib.bigtable (now tensorflow-io)", _READ_OUTSIDE)),
    ("_Mkl", Origin("a graph that was optimised for Intel MKL", "Convert the model that was not optimised.")),
    (
        "TRTEngine",
        Origin(
            "TensorRT, by whose engines parts of the graph were replaced", "Convert the model that was not optimised."
        ),
    ),
    ("TfLite", Origin("TensorFlow Lite", "Convert the model that it was made from.")),
    ("TFLite", Origin("TensorFlow Lite", "Convert the model that it was made from.")),
    (
        "Addons>",
        Origin(
            "TensorFlow Addons",
            "Load its library: --op-library .../tensorflow_addons/custom_ops/..., built for the installed TensorFlow.",
            is_gone=False,
        ),
    ),
    (
        "Horovod",
        Origin(
            "Horovod, and of use in distributed training only",
            "Export the model without it, or load Horovod's library with --op-library.",
            is_gone=False,
        ),
    ),
    (
        "Sentencepiece",
        Origin(
            "TensorFlow Text or tf_sentencepiece",
            "Install tensorflow-text of the installed TensorFlow's version and load the library that it brings with "
            "--op-library.",
            is_gone=False,
        ),
    ),
)

_TEXT = Origin(
    "TensorFlow Text",
    "Install tensorflow-text of the installed TensorFlow's version and load the library that it brings with "
    "--op-library.",
    is_gone=False,
)
_TEXT_OPS = frozenset(
    {
        *("CaseFoldUTF8", "NormalizeUTF8", "NormalizeUTF8WithOffsetsMap", "WordpieceTokenizeWithOffsets"),
        *("RegexSplitWithOffsets", "WhitespaceTokenizeWithOffsets", "UnicodeScriptTokenizeWithOffsets"),
        *("SplitMergeTokenizeWithOffsets", "ConstrainedSequence", "RougeL", "SentenceFragments"),
    }
)


def origin_of(op: str) -> Origin | None:
    """Where an operation comes from, as far as it is known."""
    if op in _CONTRIB:
        return Origin(*_CONTRIB[op])
    if op in _TEXT_OPS:
        return _TEXT
    return next((origin for prefix, origin in _PREFIXES if op.startswith(prefix)), None)
