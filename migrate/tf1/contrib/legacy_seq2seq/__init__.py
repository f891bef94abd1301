"""`tf.contrib.legacy_seq2seq`: losses over lists of logits, and the plain decoder."""

from __future__ import annotations

from migrate.tf1.contrib.legacy_seq2seq._decoders import basic_rnn_seq2seq, rnn_decoder, tied_rnn_seq2seq
from migrate.tf1.contrib.legacy_seq2seq._losses import sequence_loss, sequence_loss_by_example

__all__ = ["basic_rnn_seq2seq", "rnn_decoder", "sequence_loss", "sequence_loss_by_example", "tied_rnn_seq2seq"]
