"""`tf.contrib.legacy_seq2seq`: models and losses over lists, an entry for each step."""

from __future__ import annotations

from migrate.tf1.contrib.legacy_seq2seq._attention import attention_decoder
from migrate.tf1.contrib.legacy_seq2seq._decoders import basic_rnn_seq2seq, rnn_decoder, tied_rnn_seq2seq
from migrate.tf1.contrib.legacy_seq2seq._embedding import (
    embedding_attention_decoder,
    embedding_attention_seq2seq,
    embedding_rnn_decoder,
    embedding_rnn_seq2seq,
    embedding_tied_rnn_seq2seq,
)
from migrate.tf1.contrib.legacy_seq2seq._losses import model_with_buckets, sequence_loss, sequence_loss_by_example

__all__ = [
    "attention_decoder",
    "basic_rnn_seq2seq",
    "embedding_attention_decoder",
    "embedding_attention_seq2seq",
    "embedding_rnn_decoder",
    "embedding_rnn_seq2seq",
    "embedding_tied_rnn_seq2seq",
    "model_with_buckets",
    "rnn_decoder",
    "sequence_loss",
    "sequence_loss_by_example",
    "tied_rnn_seq2seq",
]
