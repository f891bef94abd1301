"""`tf.contrib.seq2seq`: decoders, what feeds them, attention and losses over sequences."""

from __future__ import annotations

from migrate.tf1.contrib.seq2seq._attention import (
    AttentionMechanism,
    BahdanauAttention,
    LuongAttention,
    hardmax,
)
from migrate.tf1.contrib.seq2seq._basic_decoder import BasicDecoder, BasicDecoderOutput
from migrate.tf1.contrib.seq2seq._beam_decoder import (
    BeamSearchDecoder,
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
    FinalBeamSearchDecoderOutput,
)
from migrate.tf1.contrib.seq2seq._decoder import Decoder, dynamic_decode
from migrate.tf1.contrib.seq2seq._gather_tree import gather_tree
from migrate.tf1.contrib.seq2seq._helpers import (
    CustomHelper,
    GreedyEmbeddingHelper,
    Helper,
    InferenceHelper,
    SampleEmbeddingHelper,
    TrainingHelper,
)
from migrate.tf1.contrib.seq2seq._loss import sequence_loss
from migrate.tf1.contrib.seq2seq._monotonic import (
    BahdanauMonotonicAttention,
    LuongMonotonicAttention,
    monotonic_attention,
    safe_cumprod,
)
from migrate.tf1.contrib.seq2seq._scheduled import ScheduledEmbeddingTrainingHelper, ScheduledOutputTrainingHelper
from migrate.tf1.contrib.seq2seq._tiling import tile_batch
from migrate.tf1.contrib.seq2seq._wrapper import AttentionWrapper, AttentionWrapperState

__all__ = [
    "AttentionMechanism",
    "AttentionWrapper",
    "AttentionWrapperState",
    "BahdanauAttention",
    "BahdanauMonotonicAttention",
    "BasicDecoder",
    "BasicDecoderOutput",
    "BeamSearchDecoder",
    "BeamSearchDecoderOutput",
    "BeamSearchDecoderState",
    "CustomHelper",
    "Decoder",
    "FinalBeamSearchDecoderOutput",
    "GreedyEmbeddingHelper",
    "Helper",
    "InferenceHelper",
    "LuongAttention",
    "LuongMonotonicAttention",
    "SampleEmbeddingHelper",
    "ScheduledEmbeddingTrainingHelper",
    "ScheduledOutputTrainingHelper",
    "TrainingHelper",
    "dynamic_decode",
    "gather_tree",
    "hardmax",
    "monotonic_attention",
    "safe_cumprod",
    "sequence_loss",
    "tile_batch",
]
