"""Tables, metrics, images and what else: see recurrent_cases."""

import os
import tempfile

import numpy as np
from recurrent_cases import case, sequences, values

WORDS = ["emerson", "lake", "palmer"]
ASKED = [["palmer", "king"], ["crimson", "emerson"]]


def text(tf, value):
    return tf.constant(str(value))


def vocabulary():
    path = os.path.join(tempfile.mkdtemp(), "words.txt")  # noqa: PTH118 - TensorFlow 1 takes texts
    with open(path, "w") as file:  # noqa: PTH123
        file.write("".join(word + "\n" for word in WORDS))
    return path


@case
def tables(tf, api):
    lookup = api.contrib.lookup
    asked = tf.constant(ASKED)
    numbers = tf.constant([2, 0, 7], tf.int64)
    sparse = tf.SparseTensor([[0, 1], [2, 0]], ["lake", "nobody"], [3, 2])
    filling = lookup.KeyValueTensorInitializer(WORDS, [5, 6, 7], tf.string, tf.int64)
    table = lookup.HashTable(filling, -3)
    found = lookup.index_table_from_tensor(tf.constant(WORDS), num_oov_buckets=4, default_value=-1)
    strong = lookup.index_table_from_tensor(WORDS, 5, hasher_spec=lookup.StrongHashSpec([3, 9]), name="strong")
    whole = lookup.index_table_from_tensor([11, 13], num_oov_buckets=3, dtype=tf.int32)
    places = tf.SparseTensor([[0, 0]], tf.constant([13], tf.int32), [1, 1])
    outputs = {
        "table": table.lookup(asked),
        "size": table.size(),
        "default": lookup.index_table_from_tensor(mapping=WORDS, default_value=9).lookup(asked),
        "buckets": found.lookup(asked),
        "sparse": found.lookup(sparse).values,
        "bucket_size": found.size(),
        "strong": strong.lookup(asked),
        "whole": whole.lookup(tf.constant([13, 14, 15], tf.int32)),
        "places": whole.lookup(places).values,
        "back": lookup.index_to_string_table_from_tensor(WORDS, default_value="?").lookup(numbers),
        "string_to_index": lookup.string_to_index(asked, WORDS),
        "index_to_string": lookup.index_to_string(numbers, WORDS),
        "only": lookup.IdTableWithHashBuckets(None, 6).lookup(asked),
        "name": text(tf, [table.name, found.name, strong.name]),
        "initializers": text(tf, [each.name for each in tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)]),
        "dtypes": text(tf, [table.key_dtype, table.value_dtype, found.key_dtype, whole.key_dtype]),
        "init": text(tf, [table.init.name, found.init.name]),
    }
    return outputs, {}


@case
def tables_from_files(tf, api):
    lookup = api.contrib.lookup
    path = vocabulary()
    asked = tf.constant(ASKED)
    to_index = lookup.index_table_from_file(path, num_oov_buckets=2, vocab_size=3)
    to_word = lookup.index_to_string_table_from_file(vocabulary_file=tf.constant(path), default_value="none")
    other = lookup.HashTable(lookup.TextFileIdTableInitializer(path), -1)
    strings = lookup.HashTable(lookup.TextFileStringTableInitializer(path), "no", name="strings")
    plain = lookup.TextFileInitializer(
        path, tf.string, lookup.TextFileIndex.WHOLE_LINE, tf.int64, lookup.TextFileIndex.LINE_NUMBER
    )
    outputs = {
        "to_index": to_index.lookup(asked),
        "to_word": to_word.lookup(tf.constant([1, 8], tf.int64)),
        "other": other.lookup(asked),
        "strings": strings.lookup(tf.constant([0, 2], tf.int64)),
        "plain": lookup.HashTable(plain, 4).lookup(asked),
        "assets": text(tf, [each.name for each in tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)]),
        "names": text(tf, [to_index.name, to_word.name, other.name, strings.name]),
    }
    return outputs, {}


@case
def mutable_tables(tf, api):
    lookup = api.contrib.lookup
    table = lookup.MutableHashTable(tf.string, tf.float32, [-1.0, -2.0], name="mutable")
    dense = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, empty_key=-7, deleted_key=-8)
    updates = [
        table.insert(tf.constant(WORDS), tf.constant(values("inserted", [3, 2]))),
        dense.insert(tf.constant([3, 4], tf.int64), tf.constant([30, 40], tf.int64)),
    ]
    saved = [each.name for each in tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)]
    outputs = {
        "found": table.lookup(tf.constant(ASKED)),
        "dense": dense.lookup(tf.constant([4, 5], tf.int64)),
        "size": table.size(),
        "saved": text(tf, saved),
        "updates": updates,
    }
    return outputs, {}


@case
def metrics(tf, api):
    m = api.contrib.metrics
    predictions = tf.constant([0.1, 0.8, 0.7, 0.4])
    labels = tf.constant([False, True, False, True])
    hits = tf.constant([0, 1, 1, 0], tf.int64)
    truth = tf.constant([0, 1, 0, 1], tf.int64)
    weights = tf.constant([1.0, 0.5, 2.0, 1.0])
    made = {
        "accuracy": m.streaming_accuracy(hits, truth, weights),
        "auc": m.streaming_auc(predictions, labels, None, 50, curve="PR"),
        "mean": m.streaming_mean(predictions, weights),
        "tensor": m.streaming_mean_tensor(predictions),
        "precision": m.streaming_precision(hits, truth),
        "recall": m.streaming_recall(hits, truth, name="mine"),
        "absolute": m.streaming_mean_absolute_error(predictions, weights),
        "squared": m.streaming_mean_squared_error(predictions, weights),
        "root": m.streaming_root_mean_squared_error(predictions, weights),
        "relative": m.streaming_mean_relative_error(predictions, weights, weights),
        "iou": m.streaming_mean_iou(hits, truth, 2),
        "less": m.streaming_percentage_less(predictions, 0.5),
        "at": m.streaming_precision_at_thresholds(predictions, labels, [0.3, 0.75], weights),
        "recalled": m.streaming_recall_at_thresholds(predictions, labels, thresholds=[0.3, 0.75]),
        "sensitivity": m.streaming_sensitivity_at_specificity(predictions, labels, 0.5, None, 20),
        "specificity": m.streaming_specificity_at_sensitivity(predictions, labels, 0.5, num_thresholds=20),
        "tp": m.streaming_true_positives(hits, truth),
        "tn": m.streaming_true_negatives(hits, truth),
        "fp": m.streaming_false_positives(hits, truth),
        "fn": m.streaming_false_negatives(hits, truth, weights),
    }
    values_of, updates_of = m.aggregate_metric_map(made)
    outputs = dict(values_of, updates=updates_of)
    outputs["locals"] = text(tf, [each.name for each in tf.local_variables()])
    outputs["batch"] = m.accuracy(hits, truth)
    outputs["weighted"] = m.accuracy(hits, truth, weights)
    outputs["lists"] = m.aggregate_metrics(*[made["tp"], made["fn"]])[0]
    return outputs, {}


@case
def legacy(tf, api):
    s2s = api.contrib.legacy_seq2seq
    x, _, feeds = sequences(tf, batch=3, steps=4)
    feeds = {x: feeds[x]}
    steps = tf.unstack(x, axis=1)
    targets = [tf.constant([0, 2, 1])] * 4
    weights = [tf.constant([1.0, 0.0, 0.5])] * 4
    cell = api.contrib.rnn.GRUCell(3)
    decoded, state = s2s.rnn_decoder(steps, tf.zeros([3, 3]), cell, loop_function=lambda out, step: out * float(step))
    basic, _ = s2s.basic_rnn_seq2seq(steps, steps, api.contrib.rnn.BasicLSTMCell(2))
    tied, _ = s2s.tied_rnn_seq2seq(steps[:2], steps, api.contrib.rnn.GRUCell(2))
    outputs = {
        "decoded": decoded,
        "state": state,
        "basic": basic,
        "tied": tied,
        "example": s2s.sequence_loss_by_example(steps, targets, weights),
        "sum": s2s.sequence_loss_by_example(steps, targets, weights, average_across_timesteps=False),
        "loss": s2s.sequence_loss(steps, targets, weights),
        "cost": s2s.sequence_loss(steps, targets, weights, average_across_batch=False),
    }
    return outputs, feeds


@case
def legacy_tokens(tf, api):
    s2s = api.contrib.legacy_seq2seq
    rnn = api.contrib.rnn
    tokens = [tf.constant([0, 2, 1]), tf.constant([3, 1, 1]), tf.constant([2, 2, 0])]
    weights = [tf.constant([1.0, 0.5, 1.0])] * 3
    given = tf.placeholder_with_default(True, [])

    def cell():
        return rnn.MultiRNNCell([rnn.BasicLSTMCell(3), rnn.BasicLSTMCell(3)])

    def model(encoder_inputs, decoder_inputs):
        return s2s.embedding_attention_seq2seq(
            encoder_inputs, decoder_inputs, cell(), 5, 4, embedding_size=2, feed_previous=False
        )

    buckets = s2s.model_with_buckets(tokens, tokens, tokens, weights, [(1, 2), (2, 3)], model)
    projection = (tf.get_variable("w", [3, 4]), tf.get_variable("b", [4]))
    outputs = {
        "buckets": buckets,
        "fed": s2s.embedding_attention_seq2seq(
            tokens[:2], tokens, rnn.GRUCell(3), 5, 4, 2, num_heads=2, output_projection=projection, feed_previous=True,
            scope="fed", initial_state_attention=True,
        ),
        "decided": s2s.embedding_attention_seq2seq(tokens, tokens[:2], cell(), 5, 4, 2, feed_previous=given, scope="d"),
        "plain": s2s.embedding_rnn_seq2seq(tokens, tokens[:2], rnn.GRUCell(3), 5, 4, 2, feed_previous=given),
        "plain_fed": s2s.embedding_rnn_seq2seq(
            tokens[:1], tokens, rnn.GRUCell(3), 5, 4, 2, output_projection=projection, feed_previous=True, scope="p"
        ),
        "tied": s2s.embedding_tied_rnn_seq2seq(tokens[:2], tokens[:2], cell(), 5, 2, feed_previous=given),
        "tied_fed": s2s.embedding_tied_rnn_seq2seq(
            tokens[:1], tokens, rnn.GRUCell(3), 5, 2, num_decoder_symbols=4, feed_previous=True, scope="t"
        ),
    }  # fmt: skip
    return outputs, {}


@case
def images(tf, api):
    image = api.contrib.image
    one = tf.constant(values("image", [5, 7, 2]))
    many = tf.constant(values("images", [2, 4, 5, 1]))
    flat = tf.constant((values("flat", [6, 6]) * 100 + 100).astype(np.uint8))
    shear = [1.0, 0.3, -1.0, 0.0, 1.1, 0.5, 0.0, 0.01]
    outputs = {
        "rotate": image.rotate(one, 0.4),
        "bilinear": image.rotate(one, 0.4, interpolation="BILINEAR"),
        "several": image.rotate(many, [0.2, -1.1], "bilinear"),
        "flat": image.rotate(flat, 1.0),
        "quarter": image.rotate(flat, np.pi / 2),
        "moved": image.translate(many, [1.0, -2.0]),
        "half": image.translate(many, [[0.5, 0.25], [-1.5, 2.0]], "BILINEAR"),
        "transform": image.transform(one, shear, "BILINEAR", output_shape=[4, 4]),
        "composed": image.compose_transforms(shear, image.angles_to_projective_transforms(0.3, 5.0, 7.0)[0]),
    }
    return outputs, {}


@case
def parameters(tf, api):
    made = api.contrib.training.HParams(units=3, rate=0.1, layers=[1, 2], kind="gru", deep=True, other=None)
    made.parse("units=4,rate=1e-3,layers=[5,6,7],deep=false,kind=lstm")
    made.add_hparam("more", 2)
    made.set_hparam("more", 5)
    made.override_from_dict({"rate": 2, "other": "x"})
    made.parse_json('{"kind": "rnn"}')
    said = []
    for text_value in (
        "units=1.5",
        "nothing=1",
        "units=1,units=2",
        "layers=3",
        "deep=maybe",
        "units[0]=2,units=1",
        "=3",
    ):
        try:
            said.append(str(made.parse(text_value)))
        except (ValueError, KeyError) as error:
            said.append(type(error).__name__)
    for call in (
        lambda: made.set_hparam("rate", "x"),
        lambda: made.set_hparam("units", True),
        lambda: made.set_hparam("units", [1]),
        lambda: made.set_hparam("missing", 1),
        lambda: made.add_hparam("units", 1),
        lambda: made.add_hparam("empty", []),
        lambda: made.get("units", "x"),
    ):
        try:
            said.append(str(call()))
        except (ValueError, KeyError) as error:
            said.append(type(error).__name__)
    said += [made.get("units"), made.get("absent", 3), "units" in made, "absent" in made, type(made.rate).__name__]
    made.del_hparam("more")
    said += [made.to_json(sort_keys=True), repr(made), sorted(made.values().items(), key=str)]
    said.append(
        sorted(api.contrib.training.parse_values("a=1,b[2]=x,c=[1.5,2]", {"a": int, "b": str, "c": float}).items())
    )
    keys = api.contrib.learn.ModeKeys
    said += [keys.TRAIN, keys.EVAL, keys.INFER]
    return {"said": text(tf, said)}, {}


@case
def words(tf, api):
    learn = api.contrib.learn
    texts = ["The cat can't sit", "a cat IBM sits down-town", "the Cat theCat"]
    processor = learn.preprocessing.VocabularyProcessor(5)
    rows = np.array(list(processor.fit_transform(texts)))
    trimmed = learn.preprocessing.VocabularyProcessor(4, min_frequency=1)
    few = np.array(list(trimmed.fit_transform(texts + texts[:2])))
    new = np.array(list(processor.transform(["a new cat", ""])))
    path = os.path.join(tempfile.mkdtemp(), "vocabulary")  # noqa: PTH118
    processor.save(path)
    again = learn.preprocessing.VocabularyProcessor.restore(path)
    outputs = {
        "rows": tf.constant(rows),
        "few": tf.constant(few),
        "new": tf.constant(new),
        "size": text(tf, [len(processor.vocabulary_), len(trimmed.vocabulary_)]),
        "back": text(tf, list(processor.reverse(rows))),
        "again": tf.constant(np.array(list(again.transform(texts)))),
    }
    return outputs, {}
