"""Models over lists of tokens."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from migrate.tf1._rnn.projections import EmbeddingWrapper, OutputProjectionWrapper
from migrate.tf1.contrib.legacy_seq2seq._attention import attention_decoder
from migrate.tf1.contrib.legacy_seq2seq._decoders import rnn_decoder, tied_rnn_seq2seq

v1 = tf.compat.v1


def embedding_rnn_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> Any:
    """The plain decoder over tokens; it may feed what it found likeliest."""
    with v1.variable_scope(scope or "embedding_rnn_decoder") as opened:
        _check(output_projection, num_symbols, opened.dtype)
        embedding = v1.get_variable("embedding", [num_symbols, embedding_size])
        loop = _likeliest(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        inputs = [v1.nn.embedding_lookup(embedding, each) for each in decoder_inputs]
        return rnn_decoder(inputs, initial_state, cell, loop_function=loop)


def embedding_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Any:
    """An encoder and a decoder over tokens."""
    with v1.variable_scope(scope or "embedding_rnn_seq2seq") as opened:
        if dtype is not None:
            opened.set_dtype(dtype)
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        _, state = v1.nn.static_rnn(encoder, encoder_inputs, dtype=opened.dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(feed: bool, update: bool) -> Any:
            return embedding_rnn_decoder(
                decoder_inputs, state, cell, num_decoder_symbols, embedding_size, output_projection, feed, update
            )

        return _fed(feed_previous, decode, state)


def embedding_tied_rnn_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_decoder_symbols: int | None = None,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Any:
    """One cell and one embedding for both."""
    with v1.variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as opened:
        dtype = opened.dtype
        _check(output_projection, num_symbols, dtype)
        embedding = v1.get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        encoded = [v1.nn.embedding_lookup(embedding, each) for each in encoder_inputs]
        decoded = [v1.nn.embedding_lookup(embedding, each) for each in decoder_inputs]
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_symbols if num_decoder_symbols is None else num_decoder_symbols)

        def decode(feed: bool, update: bool) -> Any:
            loop = _likeliest(embedding, output_projection, update) if feed else None
            return tied_rnn_seq2seq(encoded, decoded, cell, loop_function=loop, dtype=dtype)

        return _fed(feed_previous, decode, cell.state_size)


def embedding_attention_decoder(
    decoder_inputs: list[Any],
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Any:
    """The decoder with attention over tokens; it may feed what it found likeliest."""
    if output_projection is not None:
        tf.convert_to_tensor(output_projection[1], dtype=dtype).shape.assert_is_compatible_with([num_symbols])
    with v1.variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = v1.get_variable("embedding", [num_symbols, embedding_size])
        loop = _likeliest(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        return attention_decoder(
            [v1.nn.embedding_lookup(embedding, each) for each in decoder_inputs],
            initial_state,
            attention_states,
            cell,
            output_size=output_size,
            num_heads=num_heads,
            loop_function=loop,
            initial_state_attention=initial_state_attention,
        )


def embedding_attention_seq2seq(
    encoder_inputs: list[Any],
    decoder_inputs: list[Any],
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Any:
    """An encoder, and a decoder that attends to its outputs, over tokens."""
    with v1.variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as opened:
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        outputs, state = v1.nn.static_rnn(encoder, encoder_inputs, dtype=opened.dtype)
        attention_states = tf.concat([tf.reshape(each, [-1, 1, cell.output_size]) for each in outputs], 1)
        output_size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decode(feed: bool, update: bool) -> Any:
            return embedding_attention_decoder(
                decoder_inputs,
                state,
                attention_states,
                cell,
                num_decoder_symbols,
                embedding_size,
                num_heads=num_heads,
                output_size=output_size,
                output_projection=output_projection,
                feed_previous=feed,
                update_embedding_for_previous=update,
                initial_state_attention=initial_state_attention,
            )

        return _fed(feed_previous, decode, state)


def _check(output_projection: Any, num_symbols: int, dtype: Any) -> None:
    if output_projection is None:
        return
    for each, shape in zip(output_projection, ([None, num_symbols], [num_symbols]), strict=True):
        tf.convert_to_tensor(each, dtype=dtype).shape.assert_is_compatible_with(shape)


def _likeliest(embedding: Any, output_projection: Any, update: bool) -> Callable[[Any, int], Any]:
    """A loop function: the embedding of the likeliest token, with its gradient or without."""

    def loop(output: Any, _: int) -> Any:
        if output_projection is not None:
            output = v1.nn.xw_plus_b(output, output_projection[0], output_projection[1])
        found = v1.nn.embedding_lookup(embedding, tf.argmax(output, 1))
        return found if update else tf.stop_gradient(found)

    return loop


def _fed(feed_previous: Any, decode: Callable[[bool, bool], Any], like: Any) -> Any:
    """Decodes as is said when the graph is built, or makes both and decides when it runs."""
    if isinstance(feed_previous, bool):
        return decode(feed_previous, True)
    count: list[int] = []

    def branch(feed: bool) -> list[Any]:
        with v1.variable_scope(v1.get_variable_scope(), reuse=None if feed else True):
            outputs, state = decode(feed, False)
            count.append(len(outputs))
            return [*outputs, *tf.nest.flatten(state)]

    both = v1.cond(feed_previous, lambda: branch(True), lambda: branch(False))
    state = tf.nest.pack_sequence_as(like, both[count[0] :])
    return both[: count[0]], state
