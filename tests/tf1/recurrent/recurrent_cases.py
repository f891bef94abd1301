"""Graphs with cells, decoders and chains: the same text makes them with TensorFlow 1.15 and with migrate.tf1.

Each case gets the API of TensorFlow 1 (`tf`), and the modules in question; it gives `(outputs, feeds)`. Python 3.7 runs
it, too.
"""

import zlib

import numpy as np

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def values(name, shape, low=-1.0, high=1.0):
    """The same numbers for the same name and shape, wherever they are made."""
    return np.random.RandomState(zlib.crc32(name.encode())).uniform(low, high, shape).astype(np.float32)


def sequences(tf, columns=3, batch=None, steps=None):
    x = tf.placeholder(tf.float32, [batch, steps, columns], name="x")
    lengths = tf.placeholder(tf.int32, [batch], name="lengths")
    return x, lengths, {x: values("x", [3, 4, columns]), lengths: np.array([4, 0, 2], np.int32)}


def several(tf, cell, **kwargs):
    x, lengths, feeds = sequences(tf)
    outputs, state = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32, **kwargs)
    return {"outputs": outputs, "state": state}, feeds


@case
def basic_rnn(tf, api):
    return several(tf, api.nn.rnn_cell.BasicRNNCell(4, activation="relu"))


@case
def basic_lstm(tf, api):
    return several(tf, api.nn.rnn_cell.BasicLSTMCell(4))


@case
def basic_lstm_concatenated(tf, api):
    return several(tf, api.contrib.rnn.BasicLSTMCell(4, forget_bias=0.3, state_is_tuple=False, name="mine"))


@case
def lstm(tf, api):
    return several(tf, api.nn.rnn_cell.LSTMCell(4, activation=tf.nn.softsign), scope="encoder")


@case
def lstm_all(tf, api):
    return several(
        tf,
        api.nn.rnn_cell.LSTMCell(
            5,
            use_peepholes=True,
            cell_clip=0.4,
            initializer=tf.ones_initializer(),
            num_proj=3,
            proj_clip=0.2,
            forget_bias=0.0,
        ),
    )


@case
def lstm_concatenated_projection(tf, api):
    return several(tf, api.nn.rnn_cell.LSTMCell(5, num_proj=3, state_is_tuple=False))


@case
def lstm_shards(tf, api):
    return several(tf, api.nn.rnn_cell.LSTMCell(4, num_unit_shards=2, num_proj=3, num_proj_shards=2))


@case
def gru(tf, api):
    return several(tf, api.nn.rnn_cell.GRUCell(4, kernel_initializer=tf.zeros_initializer(), bias_initializer=None))


@case
def multi(tf, api):
    cells = [api.nn.rnn_cell.LSTMCell(4), api.nn.rnn_cell.GRUCell(5), api.nn.rnn_cell.BasicLSTMCell(2)]
    return several(tf, api.nn.rnn_cell.MultiRNNCell(cells))


@case
def multi_concatenated(tf, api):
    cells = [api.nn.rnn_cell.BasicLSTMCell(4, state_is_tuple=False), api.nn.rnn_cell.GRUCell(5)]
    return several(tf, api.nn.rnn_cell.MultiRNNCell(cells, state_is_tuple=False))


@case
def wrapped(tf, api):
    keep = tf.placeholder_with_default(1.0, [], name="keep")
    cells = [
        api.contrib.rnn.DropoutWrapper(api.contrib.rnn.BasicLSTMCell(3), keep, keep, keep),
        api.contrib.rnn.ResidualWrapper(api.contrib.rnn.DropoutWrapper(api.contrib.rnn.GRUCell(3), 1.0, 1.0)),
        api.contrib.rnn.DeviceWrapper(api.contrib.rnn.BasicRNNCell(3), "/cpu:0"),
    ]
    return several(tf, api.contrib.rnn.MultiRNNCell(cells))


@case
def dropout_seeded(tf, api):
    # One mask for all steps: it does not matter how loops draw.
    tf.set_random_seed(3)
    cell = api.nn.rnn_cell.DropoutWrapper(
        api.nn.rnn_cell.LSTMCell(6),
        input_keep_prob=0.6,
        output_keep_prob=0.5,
        state_keep_prob=tf.placeholder_with_default(0.7, []),
        variational_recurrent=True,
        input_size=3,
        dtype=tf.float32,
        seed=11,
    )
    return several(tf, cell)


@case
def dropout_once(tf, api):
    tf.set_random_seed(3)
    cell = api.nn.rnn_cell.DropoutWrapper(api.nn.rnn_cell.LSTMCell(8), 0.6, 0.5, 0.7, seed=11)
    x = tf.placeholder(tf.float32, [2, 5], name="x")
    output, state = cell(x, cell.zero_state(2, tf.float32))
    return {"output": output, "state": state}, {x: values("x", [2, 5])}


@case
def bidirectional(tf, api):
    x, lengths, feeds = sequences(tf)
    with tf.variable_scope("both"):
        outputs, states = tf.nn.bidirectional_dynamic_rnn(
            api.nn.rnn_cell.LSTMCell(4), api.nn.rnn_cell.GRUCell(2), x, lengths, dtype=tf.float32
        )
    return {"joined": tf.concat(outputs, 2, name="joined"), "states": states}, feeds


@case
def twice(tf, api):
    x, lengths, feeds = sequences(tf)
    cell = api.nn.rnn_cell.GRUCell(4)
    with tf.variable_scope("model", reuse=False):
        first, _ = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32)
        one, _ = cell(x[:, 0], tf.ones([3, 4]))
    with tf.variable_scope("model", reuse=True):
        again, _ = tf.nn.dynamic_rnn(api.nn.rnn_cell.GRUCell(4), x, lengths, dtype=tf.float32)
        named, _ = tf.nn.dynamic_rnn(api.nn.rnn_cell.GRUCell(4, name="gru_cell"), x, dtype=tf.float32)
    with tf.variable_scope("other"):
        cells = [api.nn.rnn_cell.GRUCell(3), api.nn.rnn_cell.GRUCell(3), api.nn.rnn_cell.GRUCell(3)]
        for each in cells[:2]:
            last, _ = each(x[:, 1], tf.ones([3, 3]))
        scoped, _ = cells[2](x[:, 1], tf.ones([3, 3]), scope="given")
    return {"first": first, "one": one, "again": again, "named": named, "last": last, "scoped": scoped}, feeds


@case
def static(tf, api):
    x = tf.placeholder(tf.float32, [3, 4, 3], name="x")
    steps = tf.unstack(x, axis=1)
    outputs, state = tf.nn.static_rnn(api.nn.rnn_cell.BasicLSTMCell(4), steps, dtype=tf.float32)
    both, fw, bw = tf.nn.static_bidirectional_rnn(
        api.contrib.rnn.GRUCell(2), api.contrib.rnn.GRUCell(3), steps, dtype=tf.float32
    )
    return {"outputs": outputs, "state": state, "both": both, "fw": fw, "bw": bw}, {x: values("x", [3, 4, 3])}


@case
def by_hand(tf, api):
    x = tf.placeholder(tf.float32, [None, 4, 3], name="x")
    cell = api.nn.rnn_cell.MultiRNNCell([api.nn.rnn_cell.BasicLSTMCell(4) for _ in range(2)])
    state = cell.zero_state(tf.shape(x)[0], tf.float32)
    with tf.variable_scope("RNN"):
        for step in range(4):
            if step:
                tf.get_variable_scope().reuse_variables()
            output, state = cell(x[:, step, :], state)
    return {"output": output, "state": state}, {x: values("x", [2, 4, 3])}


@case
def raw(tf, api):
    x, lengths, feeds = sequences(tf)
    array = tf.TensorArray(tf.float32, size=4).unstack(tf.transpose(x, [1, 0, 2]))
    cell = api.nn.rnn_cell.LSTMCell(4)

    def loop(time, output, state, carried):
        state = cell.zero_state(tf.shape(x)[0], tf.float32) if output is None else state
        finished = time >= lengths
        inputs = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([tf.shape(x)[0], 3]), lambda: array.read(time))
        inputs.set_shape([None, 3])
        return finished, inputs, state, output, carried

    outputs, state, _ = tf.nn.raw_rnn(cell, loop)
    return {"outputs": outputs.stack(), "state": state}, feeds


@case
def own_cells(tf, api):
    class Old(api.nn.rnn_cell.RNNCell):
        def __init__(self, units):
            self._units = units

        @property
        def state_size(self):
            return (self._units, 2)

        @property
        def output_size(self):
            return self._units

        def __call__(self, inputs, state, scope=None):
            with tf.variable_scope(scope or type(self).__name__):
                weights = tf.get_variable("weights", [inputs.get_shape().as_list()[1], self._units])
                return tf.tanh(tf.matmul(inputs, weights) + state[0]), (state[0] * 0.5 + 1, state[1] + 2)

    class New(api.nn.rnn_cell.RNNCell):
        def __init__(self, units, reuse=None):
            super().__init__(_reuse=reuse)
            self._units = units

        @property
        def state_size(self):
            return self._units

        @property
        def output_size(self):
            return self._units

        def build(self, shape):  # noqa: ARG002
            self.scale = self.add_variable("scale", [self._units], initializer=tf.ones_initializer())
            self.built = True

        def call(self, inputs, state):
            with tf.variable_scope("inner"):
                hidden = tf.get_variable("hidden", [3, self._units])
            new = tf.matmul(inputs, hidden) * self.scale + state
            return new, new

    x, lengths, feeds = sequences(tf)
    old, old_state = tf.nn.dynamic_rnn(Old(4), x, lengths, dtype=tf.float32, scope="old")
    new, _ = tf.nn.dynamic_rnn(New(4), x, lengths, dtype=tf.float32, scope="new")
    return {"old": old, "old_state": old_state, "new": new}, feeds


@case
def scopes(tf, api):
    with tf.variable_scope("outer", initializer=tf.constant_initializer(0.5), regularizer=tf.nn.l2_loss):
        outputs, feeds = several(tf, api.nn.rnn_cell.BasicLSTMCell(2))
    outputs["losses"] = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
    outputs["count"] = tf.constant(len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)))
    return outputs, feeds


@case
def layer_norm(tf, api):
    cell = api.contrib.rnn.LayerNormBasicLSTMCell(4, forget_bias=0.7, norm_gain=0.9, norm_shift=0.1)
    outputs, feeds = several(tf, cell)
    outputs["plain"] = several_more(tf, feeds, api.contrib.rnn.LayerNormBasicLSTMCell(3, layer_norm=False))
    return outputs, feeds


def several_more(tf, feeds, cell, scope="more"):
    x, lengths = feeds
    return tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32, scope=scope)


@case
def blocks(tf, api):
    outputs, feeds = several(tf, api.contrib.rnn.LSTMBlockCell(4, forget_bias=0.5, use_peephole=True, cell_clip=0.6))
    outputs["gru"] = several_more(tf, feeds, api.contrib.rnn.GRUBlockCell(3))
    outputs["gru2"] = several_more(tf, feeds, api.contrib.rnn.GRUBlockCellV2(num_units=2), "again")
    return outputs, feeds


@case
def fused(tf, api):
    x, lengths, feeds = sequences(tf)
    x = tf.transpose(x, [1, 0, 2])
    cell = api.contrib.rnn.LSTMBlockFusedCell(4, use_peephole=True)
    outputs, state = cell(x, dtype=tf.float32, sequence_length=lengths)
    whole, last = api.contrib.rnn.LSTMBlockFusedCell(2, forget_bias=0.1)(x, dtype=tf.float32)
    backwards = api.contrib.rnn.TimeReversedFusedRNN(api.contrib.rnn.LSTMBlockFusedCell(3))
    back, back_state = backwards(x, dtype=tf.float32, sequence_length=lengths)
    adapted = api.contrib.rnn.FusedRNNCellAdaptor(api.contrib.rnn.GRUCell(2), use_dynamic_rnn=True)
    more, _ = adapted(x, dtype=tf.float32, sequence_length=lengths)
    made = {"outputs": outputs, "state": state, "whole": whole, "last": last, "back": back, "back_state": back_state}
    return dict(made, more=more), feeds


@case
def projected(tf, api):
    rnn = api.contrib.rnn
    outputs, feeds = several(tf, rnn.OutputProjectionWrapper(rnn.BasicLSTMCell(4), 2, activation=tf.nn.relu))
    outputs["in"] = several_more(tf, feeds, rnn.InputProjectionWrapper(rnn.GRUCell(3), 2))
    outputs["gate"] = several_more(tf, feeds, rnn.UGRNNCell(3, forget_bias=0.2), "gate")
    attention = rnn.AttentionCellWrapper(rnn.BasicLSTMCell(3), attn_length=2, attn_vec_size=5)
    outputs["attention"] = several_more(tf, feeds, attention, "attention")
    flat = rnn.AttentionCellWrapper(rnn.GRUCell(3), attn_length=2, attn_size=4, state_is_tuple=False)
    outputs["flat"] = several_more(tf, feeds, flat, "flat")
    ids = tf.constant([[2], [0], [1]])
    outputs["embedded"] = rnn.EmbeddingWrapper(rnn.GRUCell(3), 4, 5)(ids, tf.zeros([3, 3]))
    return outputs, feeds


@case
def more_cells(tf, api):
    rnn = api.contrib.rnn
    cell = rnn.CoupledInputForgetGateLSTMCell(4, use_peepholes=True, num_proj=3, proj_clip=0.4, num_unit_shards=2)
    outputs, feeds = several(tf, cell)
    plain = rnn.CoupledInputForgetGateLSTMCell(
        3, state_is_tuple=False, layer_norm=True, norm_shift=0.1, forget_bias=0.0
    )
    outputs["coupled"] = several_more(tf, feeds, plain)
    outputs["nas"] = several_more(tf, feeds, rnn.NASCell(3, num_proj=2, use_bias=True), "nas")
    outputs["highway"] = several_more(tf, feeds, rnn.HighwayWrapper(rnn.GRUCell(3)), "highway")
    gates = rnn.HighwayWrapper(rnn.BasicRNNCell(3), couple_carry_transform_gates=False, carry_bias_init=0.5)
    outputs["gates"] = several_more(tf, feeds, gates, "gates")
    outputs["cudnn"] = several_more(tf, feeds, api.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(3), "cudnn")
    outputs["cudnn_gru"] = several_more(tf, feeds, api.contrib.cudnn_rnn.CudnnCompatibleGRUCell(3), "cudnn_gru")
    image = tf.constant(values("frames", [2, 3, 4, 5, 2]))
    maps = rnn.ConvLSTMCell(2, [4, 5, 2], 3, [3, 3], skip_connection=False, forget_bias=0.4)
    outputs["maps"] = tf.nn.dynamic_rnn(maps, image, dtype=tf.float32, scope="maps")
    line = rnn.Conv1DLSTMCell(input_shape=[5, 2], output_channels=1, kernel_shape=[2], use_bias=False)
    outputs["line"] = line(image[:, 0, 0], line.zero_state(2, tf.float32))
    block = rnn.Conv3DLSTMCell(input_shape=[3, 4, 5, 2], output_channels=1, kernel_shape=[2, 1, 3])
    outputs["block"] = block(image, block.zero_state(2, tf.float32))
    return outputs, feeds


@case
def stacked(tf, api):
    rnn = api.contrib.rnn
    x, lengths, feeds = sequences(tf, batch=3, steps=4)
    outputs, fw, bw = rnn.stack_bidirectional_dynamic_rnn(
        [rnn.LSTMCell(2), rnn.GRUCell(3)],
        [rnn.LSTMCell(2), rnn.GRUCell(3)],
        x,
        dtype=tf.float32,
        sequence_length=lengths,
    )
    listed, _, last = rnn.stack_bidirectional_rnn(
        [rnn.GRUCell(2), rnn.GRUCell(3)],
        [rnn.GRUCell(2), rnn.GRUCell(3)],
        tf.unstack(x, axis=1),
        dtype=tf.float32,
        scope="listed",
    )
    moved = rnn.transpose_batch_time(outputs)
    return {"outputs": outputs, "fw": fw, "bw": bw, "listed": listed, "last": last, "moved": moved}, feeds


def tagged(tf, steps=4):
    scores = tf.placeholder(tf.float32, [None, None, 3], name="scores")
    tags = tf.placeholder(tf.int32, [None, None], name="tags")
    lengths = tf.placeholder(tf.int32, [None], name="lengths")
    feeds = {
        scores: values("scores", [4, steps, 3]),
        tags: (values("tags", [4, steps]) * 1.5 + 1.5).astype(np.int32),
        lengths: np.minimum([4, 0, 1, 3], steps).astype(np.int32),
    }
    return scores, tags, lengths, feeds


@case
def crf(tf, api):
    scores, tags, lengths, feeds = tagged(tf)
    with tf.variable_scope("crf"):
        likelihood, transitions = api.contrib.crf.crf_log_likelihood(scores, tags, lengths)
    best, score = api.contrib.crf.crf_decode(scores, transitions, lengths)
    marked = tf.one_hot(tags, 3) > 0.5
    return {
        "likelihood": likelihood,
        "best": best,
        "score": score,
        "norm": api.contrib.crf.crf_log_norm(scores, lengths, transitions),
        "unary": api.contrib.crf.crf_unary_score(tags, lengths, scores),
        "binary": api.contrib.crf.crf_binary_score(tags, lengths, transitions),
        "sequence": api.contrib.crf.crf_sequence_score(scores, tags, lengths, transitions),
        "multitag": api.contrib.crf.crf_multitag_sequence_score(scores, marked, tf.maximum(lengths, 1), transitions),
    }, feeds


@case
def crf_single(tf, api):
    scores, tags, lengths, feeds = tagged(tf, 1)
    likelihood, transitions = api.contrib.crf.crf_log_likelihood(scores, tags, lengths)
    best, score = api.contrib.crf.crf_decode(scores, transitions, lengths)
    return {"likelihood": likelihood, "best": best, "score": score}, feeds


@case
def crf_known_lengths(tf, api):
    scores = tf.constant(values("scores", [2, 5, 3]))
    tags = tf.constant([[0, 1, 2, 1, 0], [2, 2, 1, 0, 0]], tf.int64)
    lengths = tf.constant([5, 3], tf.int64)
    transitions = tf.get_variable("transitions", [3, 3])
    likelihood, _ = api.contrib.crf.crf_log_likelihood(scores, tags, lengths, transitions)
    best, score = api.contrib.crf.crf_decode(scores, transitions, lengths)
    return {"likelihood": likelihood, "best": best, "score": score}, {}


@case
def losses(tf, api):
    logits = tf.constant(values("logits", [2, 3, 4]))
    targets = tf.constant([[0, 3, 2], [1, 1, 0]])
    weights = tf.constant([[1.0, 0.5, 0.0], [1.0, 0.0, 0.0]])
    loss = api.contrib.seq2seq.sequence_loss

    def own(labels, logits):
        return logits[:, 0] * tf.cast(labels, tf.float32)

    flags = [(a, b) for a in (False, True) for b in (False, True)]
    outputs = {"average" + str(each): loss(logits, targets, weights, each[0], each[1]) for each in flags}
    for each in flags:
        outputs["sum" + str(each)] = loss(logits, targets, weights, False, False, each[0], each[1])
    outputs["own"] = loss(logits, targets, weights, softmax_loss_function=own)
    outputs["tiled"] = api.contrib.seq2seq.tile_batch((targets, weights), 2)
    return outputs, {}


def decoding(tf, api, batch=3):
    table = tf.get_variable("table", [6, 3])
    memory = tf.placeholder(tf.float32, [None, None, 4], name="memory")
    lengths = tf.placeholder(tf.int32, [None], name="memory_lengths")
    feeds = {memory: values("memory", [batch, 5, 4]), lengths: np.array([5, 2, 3][:batch], np.int32)}
    return table, memory, lengths, feeds


def finish(decoded):
    outputs, state, lengths = decoded
    return {"outputs": outputs, "state": state, "lengths": lengths}


@case
def decode_training(tf, api):
    s2s = api.contrib.seq2seq
    x, lengths, feeds = sequences(tf)
    cell = api.nn.rnn_cell.LSTMCell(4)
    helper = s2s.TrainingHelper(x, lengths)
    layer = api.layers.Dense(6, name="projection")
    decoder = s2s.BasicDecoder(cell, helper, cell.zero_state(3, tf.float32), output_layer=layer)
    first = finish(s2s.dynamic_decode(decoder, impute_finished=True))
    with tf.variable_scope("plain"):
        cell = api.nn.rnn_cell.GRUCell(4)
        major = s2s.TrainingHelper(tf.transpose(x, [1, 0, 2]), lengths, time_major=True)
        decoder = s2s.BasicDecoder(cell, major, cell.zero_state(3, tf.float32))
        second = s2s.dynamic_decode(decoder, output_time_major=True, maximum_iterations=3)
    return dict(first, second=second), feeds


@case
def decode_greedy(tf, api):
    s2s = api.contrib.seq2seq
    table, _, _, _ = decoding(tf, api)
    starts = tf.placeholder(tf.int32, [None], name="starts")
    cell = api.nn.rnn_cell.GRUCell(4)
    helper = s2s.GreedyEmbeddingHelper(table, starts, 2)
    state = cell.zero_state(tf.size(starts), tf.float32)
    decoder = s2s.BasicDecoder(cell, helper, state, api.layers.Dense(6, use_bias=False))
    made = finish(s2s.dynamic_decode(decoder, maximum_iterations=6, scope="decode"))
    return made, {starts: np.array([1, 3, 5], np.int32)}


@case
def decode_sampled(tf, api):
    # One step, and coins that always fall the same: loops draw in other orders.
    tf.set_random_seed(5)
    s2s = api.contrib.seq2seq
    table, _, _, _ = decoding(tf, api)
    x, lengths, feeds = sequences(tf)
    cell = api.nn.rnn_cell.GRUCell(6)
    state = cell.zero_state(3, tf.float32)
    always = s2s.ScheduledEmbeddingTrainingHelper(
        x, lengths, lambda ids: tf.nn.embedding_lookup(table, ids % 1), 1.0, seed=2
    )
    never = s2s.ScheduledEmbeddingTrainingHelper(x, lengths, table, 0.0, seed=2)
    made = {}
    for name, helper in (("always", always), ("never", never)):
        outputs, state_after, _ = s2s.dynamic_decode(s2s.BasicDecoder(cell, helper, state), scope=name)
        made[name] = (outputs.rnn_output, state_after)
    output = s2s.ScheduledOutputTrainingHelper(x, lengths, 1.0, next_inputs_fn=lambda out: out[:, :3] * 2.0)
    made["output"] = s2s.dynamic_decode(s2s.BasicDecoder(cell, output, state), scope="output")
    more = s2s.ScheduledOutputTrainingHelper(
        x[:, :, :2], lengths, tf.constant(1.0), next_inputs_fn=lambda out: out[:, :2], auxiliary_inputs=x[:, :, :1]
    )
    made["more"] = s2s.dynamic_decode(s2s.BasicDecoder(cell, more, state), scope="more")
    inference = s2s.InferenceHelper(
        lambda out: out[:, :3], [3], tf.float32, x[:, 0], lambda ids: tf.reduce_sum(ids, 1) > 100.0
    )
    made["inference"] = s2s.dynamic_decode(
        s2s.BasicDecoder(cell, inference, state), maximum_iterations=3, scope="inference"
    )
    return made, feeds


def attending(tf, api, kind, **kwargs):
    s2s = api.contrib.seq2seq
    table, memory, lengths, feeds = decoding(tf, api)
    mechanism = getattr(s2s, kind)(4, memory, memory_sequence_length=lengths, **kwargs)
    cell = s2s.AttentionWrapper(api.nn.rnn_cell.LSTMCell(4), mechanism, attention_layer_size=5, alignment_history=True)
    helper = s2s.GreedyEmbeddingHelper(table, tf.constant([1, 3, 5]), 2)
    state = cell.zero_state(3, tf.float32)
    given = api.nn.rnn_cell.LSTMStateTuple(tf.ones([3, 4]), tf.ones([3, 4]) * 0.5)
    decoder = s2s.BasicDecoder(cell, helper, state.clone(cell_state=given), api.layers.Dense(6))
    outputs, state, lengths = s2s.dynamic_decode(decoder, maximum_iterations=5)
    history = state.alignment_history.stack()
    return {"outputs": outputs, "cell": state.cell_state, "lengths": lengths, "history": history}, feeds


@case
def luong(tf, api):
    return attending(tf, api, "LuongAttention", scale=True)


@case
def bahdanau(tf, api):
    return attending(tf, api, "BahdanauAttention", normalize=True)


@case
def bahdanau_plain(tf, api):
    return attending(tf, api, "BahdanauAttention", probability_fn=api.contrib.seq2seq.hardmax)


@case
def bahdanau_monotonic(tf, api):
    return attending(tf, api, "BahdanauMonotonicAttention", score_bias_init=0.2)


@case
def luong_monotonic(tf, api):
    return attending(tf, api, "LuongMonotonicAttention", mode="recursive")


@case
def luong_monotonic_hard(tf, api):
    return attending(tf, api, "LuongMonotonicAttention", mode="hard", scale=True)


@case
def attention_several(tf, api):
    s2s = api.contrib.seq2seq
    x, x_lengths, x_feeds = sequences(tf)
    x_feeds[x_lengths] = np.array([4, 1, 2], np.int32)
    _, memory, lengths, feeds = decoding(tf, api)
    mechanisms = [s2s.LuongAttention(4, memory, lengths), s2s.BahdanauAttention(3, memory)]
    inner = api.nn.rnn_cell.MultiRNNCell([api.nn.rnn_cell.GRUCell(4), api.nn.rnn_cell.GRUCell(4)])
    cell = s2s.AttentionWrapper(
        inner, mechanisms, [2, 3], output_attention=False, initial_cell_state=(tf.ones([3, 4]), tf.zeros([3, 4]))
    )
    decoder = s2s.BasicDecoder(cell, s2s.TrainingHelper(x, x_lengths), cell.zero_state(tf.shape(x)[0], tf.float32))
    return finish(s2s.dynamic_decode(decoder)), {**feeds, **x_feeds}


@case
def attention_in_loop(tf, api):
    s2s = api.contrib.seq2seq
    x, x_lengths, x_feeds = sequences(tf)
    _, memory, lengths, feeds = decoding(tf, api)
    wrapper = s2s.AttentionWrapper(api.nn.rnn_cell.GRUCell(4), s2s.LuongAttention(4, memory), name="attentive")
    outputs, _ = tf.nn.dynamic_rnn(wrapper, x, x_lengths, dtype=tf.float32)
    feeds.pop(lengths)
    return {"outputs": outputs}, {**feeds, **x_feeds}


def beams(tf, api, attention, **kwargs):
    s2s = api.contrib.seq2seq
    table, memory, lengths, feeds = decoding(tf, api)
    start = api.nn.rnn_cell.LSTMStateTuple(tf.tanh(memory[:, 0]), tf.tanh(memory[:, 1]))
    start = s2s.tile_batch(start, 4)
    cell = api.nn.rnn_cell.LSTMCell(4)
    if attention:
        mechanism = s2s.BahdanauAttention(4, s2s.tile_batch(memory, 4), s2s.tile_batch(lengths, 4))
        cell = s2s.AttentionWrapper(cell, mechanism, 4, **attention)
        start = cell.zero_state(12, tf.float32).clone(cell_state=start)
    else:
        feeds.pop(lengths)
    decoder = s2s.BeamSearchDecoder(
        cell, table, tf.fill([3], 1), 2, start, 4, output_layer=api.layers.Dense(6), **kwargs
    )
    outputs, state, lengths = s2s.dynamic_decode(decoder, maximum_iterations=6)
    steps = outputs.beam_search_decoder_output
    made = {"predicted": outputs.predicted_ids, "steps": steps, "finished": state.finished, "log": state.log_probs}
    return dict(made, lengths=lengths, cell=state.cell_state), feeds


@case
def beam(tf, api):
    made, feeds = beams(tf, api, None)
    return made, feeds


@case
def beam_attention(tf, api):
    attention = {"alignment_history": True, "name": "attentive"}
    return beams(tf, api, attention, length_penalty_weight=0.6, coverage_penalty_weight=0.3)


@case
def tree(tf, api):
    random = np.random.RandomState(4)
    ids = random.randint(0, 5, [7, 3, 4]).astype(np.int32)
    parents = random.randint(0, 4, [7, 3, 4]).astype(np.int32)
    gather = api.contrib.seq2seq.gather_tree
    return {
        "some": gather(tf.constant(ids), tf.constant(parents), tf.constant([7, 0, 4]), 3),
        "long": gather(tf.constant(ids), tf.constant(parents), tf.constant([9, 1, 2]), 9),
    }, {}
