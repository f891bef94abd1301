# ruff: noqa: UP031 - Python 3.7 reads it, too
"""Calls of tf.contrib.layers (L), tf.contrib.framework (F) and slim, each leaving `out`."""

CASES = {}


def add(group, *codes):
    for code in codes:
        CASES["%s %d" % (group, 1 + sum(each.startswith(group + " ") for each in CASES))] = code


add(
    "fully connected",
    "out = L.fully_connected(x, 4) #grad #initial",
    "out = L.fully_connected(x, 4, activation_fn=None)",
    "out = L.fully_connected(x, 4, tf.nn.tanh, scope='fc')",
    "out = [L.fully_connected(x, 4), L.fully_connected(x, 4), L.relu(x, 2), L.linear(x, 2), L.relu6(x, 2), L.elu(x, 2)]",
    "out = [L.fully_connected(x, 4, scope='fc'), L.fully_connected(x, 4, scope='fc', reuse=True)]",
    "out = [L.fully_connected(x, 4, scope='fc'), L.fully_connected(x, 4, scope='fc')]",
    "out = [L.fully_connected(x, 4, scope='fc', reuse=tf.AUTO_REUSE), L.fully_connected(x, 4, scope='fc', reuse=tf.AUTO_REUSE)]",
    "with tf.variable_scope('s', reuse=tf.AUTO_REUSE):\n  a = L.fully_connected(x, 4)\nwith tf.variable_scope('s', reuse=True):\n"
    "  b = L.fully_connected(x, 4)\nout = [a, b]",
    "with tf.variable_scope('s', reuse=tf.AUTO_REUSE):\n  out = [L.fully_connected(x, 4), L.fully_connected(x, 4)]",
    "with tf.variable_scope('s'):\n  with tf.name_scope('n'):\n    out = L.fully_connected(x, 4, outputs_collections='c')\n"
    "out = slim.utils.convert_collection_to_dict('c')\nout = list(out) + list(out.values())",
    "out = L.fully_connected(x, 4, weights_regularizer=L.l2_regularizer(0.1), biases_regularizer=L.l1_regularizer(0.2))",
    "out = L.fully_connected(x, 4, biases_initializer=None)",
    "out = L.fully_connected(x, 4, normalizer_fn=L.batch_norm) #grad",
    "out = L.fully_connected(x, 4, normalizer_fn=L.batch_norm, normalizer_params={'is_training': flag, 'scale': True}, scope='f')",
    "out = L.fully_connected(x, 4, normalizer_fn=L.layer_norm)",
    "out = L.fully_connected(x, 4, variables_collections=['a', 'b'], outputs_collections=['o'])",
    "out = L.fully_connected(x, 4, variables_collections={'weights': ['w'], 'biases': ['b']}, outputs_collections='o', trainable=False)",
    "out = L.fully_connected(x, 4, weights_initializer=L.xavier_initializer(seed=4)) #initial",
    "out = L.fully_connected(x, 4, weights_initializer=tf.truncated_normal_initializer(stddev=0.2, seed=1), biases_initializer=tf.ones_initializer()) #initial",
    "out = L.fully_connected(rows, 4)",
    "out = L.fully_connected(im, 4, None)",
    "out = L.fully_connected(x64, 4)",
    "out = L.fully_connected(x, '4')",
    "out = L.fully_connected(x, 4.0)",
    "out = L.fully_connected(bare, 4)",
    "out = L.fully_connected(unknown, 4)",
    "out = L.fully_connected(inputs=x, num_outputs=4, activation_fn=tf.nn.softmax, scope='a/b')",
    "with tf.variable_scope('s') as s:\n  pass\nout = [L.fully_connected(x, 4, scope=s), L.fully_connected(x, 2, scope='s/t')]",
    "with tf.variable_scope('s', initializer=tf.ones_initializer(), regularizer=tf.nn.l2_loss):\n  out = L.fully_connected(x, 4) #initial",
    "with tf.variable_scope('s', regularizer=L.l2_regularizer(0.3)):\n  out = L.fully_connected(x, 4)",
    "def own(getter, name, *args, **kwargs):\n  return getter(name + '_own', *args, **kwargs)\n"
    "with tf.variable_scope('s', custom_getter=own):\n  out = L.fully_connected(x, 4)",
    "e = tf.train.ExponentialMovingAverage(0.9)\na = L.fully_connected(x, 4, scope='d')\ne.apply(tf.trainable_variables())\n"
    "def own(getter, name, *args, **kwargs):\n  v = getter(name, *args, **kwargs)\n  return e.average(v)\n"
    "with tf.variable_scope('', reuse=True, custom_getter=own):\n  out = [a, L.fully_connected(x, 4, scope='d')]",
    "with tf.variable_scope('s', partitioner=tf.fixed_size_partitioner(3)):\n  out = L.fully_connected(x, 4)",
    "with tf.device('/cpu:0'):\n  out = L.fully_connected(x, 4)",
)
for one in ("conv1d(rows, ", "conv2d(im, ", "conv3d(vol, "):
    add(
        "contrib " + one[:6],
        "out = L.%s4, 2) #grad #initial" % one,
        "out = L.%s4, 3, stride=2, padding='VALID', activation_fn=None, scope='c')" % one,
        "out = L.%s4, 2, rate=2) #grad" % one,
        "out = L.%s4, 2, rate=2, stride=2)" % one,
        "out = L.%s4, 3, normalizer_fn=L.batch_norm, normalizer_params={'is_training': True})" % one,
        "out = L.%s4, 3, normalizer_fn=L.batch_norm, normalizer_params={'is_training': False})" % one,
        "out = L.%s4, 1, weights_regularizer=L.l2_regularizer(0.1), biases_initializer=None)" % one,
        "out = [L.%s4, 1, scope='c'), L.%s4, 1, scope='c', reuse=True), L.%s4, 1), L.%s4, 1)]" % (one, one, one, one),
        "out = L.%s4, 2, padding='other')" % one,
        "out = L.%s4, 2, data_format='other')" % one,
    )
add(
    "contrib convolution",
    "out = L.convolution(im, 4, 3)",
    "out = L.convolution2d(im, 4, [3, 3], 1, 'SAME')",
    "out = L.convolution(rows, 4, 3, scope='c1')",
    "out = L.conv2d(rows, 4, 3)",
    "out = L.conv2d(x, 4, 3)",
    "out = L.conv2d(dyn, 4, [3, 3], stride=[2, 1])",
    "out = L.conv2d(im, 4, 3, outputs_collections='o', variables_collections=['v'])",
    "out = [L.convolution1d(rows, 2, 2), L.convolution3d(vol, 2, 2)]",
    "out = L.conv2d(im, 4, 3, weights_initializer=L.variance_scaling_initializer(seed=2)) #initial",
    "out = L.conv2d(im, 4, 3, weights_initializer=L.xavier_initializer_conv2d(uniform=False, seed=2)) #initial",
    "out = L.conv2d(im, 4, 3, trainable=False, normalizer_fn=L.batch_norm, normalizer_params={'trainable': False, 'is_training': False})",
)
for one in ("conv2d_transpose(im, ", "conv3d_transpose(vol, "):
    add(
        "contrib " + one[:16],
        "out = L.%s3, 2) #grad #initial" % one,
        "out = L.%s3, 3, stride=2, padding='VALID', activation_fn=None, scope='up')" % one,
        "out = L.%s3, 3, stride=2, normalizer_fn=L.batch_norm)" % one,
        "out = [L.%s3, 1, scope='c'), L.%s3, 1, scope='c', reuse=True), L.%s3, 1)]" % (one, one, one),
    )
add(
    "contrib transposed",
    "out = L.conv2d_transpose(dyn, 3, [3, 3], stride=2)",
    "out = L.convolution2d_transpose(im, 3, 2, outputs_collections='o', weights_regularizer=L.l2_regularizer(0.1))",
    "out = L.conv2d_transpose(im, 3, 2, data_format='other')",
)
add(
    "contrib separable",
    "out = L.separable_conv2d(im, 3, 2, 1) #grad #initial",
    "out = L.separable_conv2d(im, 3, [3, 3], depth_multiplier=2, stride=2, scope='s')",
    "out = L.separable_conv2d(im, None, 3, 1) #grad",
    "out = L.separable_conv2d(im, None, [3, 3], depth_multiplier=2, stride=1, rate=2, activation_fn=None, scope='dw')",
    "out = L.separable_conv2d(im, None, 3, 1, normalizer_fn=L.batch_norm, weights_regularizer=L.l2_regularizer(0.1))",
    "out = L.separable_conv2d(im, 3, 3, 1, normalizer_fn=L.batch_norm, weights_regularizer=L.l2_regularizer(0.1), biases_regularizer=L.l2_regularizer(0.1))",
    "out = L.separable_conv2d(im, 3, 3, 1, weights_regularizer=L.l2_regularizer(0.1), biases_regularizer=L.l2_regularizer(0.1))",
    "out = L.separable_conv2d(im, None, 3, 1, biases_initializer=None, padding='VALID')",
    "out = L.separable_convolution2d(im, 3, 3, 1, rate=2, pointwise_initializer=tf.ones_initializer(), weights_initializer=tf.zeros_initializer()) #initial",
    "out = L.separable_conv2d(im, 3, 3, 1, variables_collections=['v'], outputs_collections='o')",
    "out = L.separable_conv2d(im, None, 3, 1, variables_collections={'weights': ['v'], 'biases': ['b']}, outputs_collections='o')",
    "out = [L.separable_conv2d(im, 3, 2, 1, scope='s'), L.separable_conv2d(im, 3, 2, 1, scope='s', reuse=True)]",
    "out = L.separable_conv2d(im, None, 3, 2, stride=[2, 2])",
)
for one in ("max_pool2d(im, ", "avg_pool2d(im, ", "max_pool3d(vol, ", "avg_pool3d(vol, "):
    add(
        "contrib pooling",
        "out = L.%s2)" % one,
        "out = L.%s[2] * %s, stride=1, padding='SAME', scope='p', outputs_collections='o')" % (one, one[8]),
        "out = [L.%s2), L.%s2)]" % (one, one),
        "with tf.variable_scope('v'):\n  with tf.name_scope('n'):\n    out = L.%s2, outputs_collections='c')\n"
        "out = list(slim.utils.convert_collection_to_dict('c'))" % one,
    )
add(
    "contrib pools",
    "out = L.max_pool2d(im, [2, 3], stride=[1, 2], scope='a/b')",
    "out = L.max_pool2d(im, 2, data_format='other')",
    "out = L.max_pool2d(x, 2)",
    "out = slim.pool(im, 2, 'MAX')",
    "out = slim.pool(im, [2, 2], 'AVG', padding='SAME', stride=2, scope='p')",
    "out = slim.pool(rows, 2, 'MAX', dilation_rate=2)",
)
add(
    "contrib dropout",
    "out = L.dropout(x, 0.7, seed=5)",
    "out = L.dropout(x, 0.7, is_training=False)",
    "out = L.dropout(x, keep_prob=0.4, is_training=flag, seed=5, scope='d', outputs_collections='o')",
    "keep = tf.placeholder_with_default(0.5, [])\nout = L.dropout(x, keep, seed=4)",
    "out = [L.dropout(x, 1.0), L.dropout(x, 0.5, is_training=False), L.dropout(x, 0.5, is_training=tf.constant(False))]",
    "out = L.dropout(x, 0.5, noise_shape=[1, 3], seed=5)",
)
add(
    "contrib plain",
    "out = L.flatten(im)",
    "out = L.flatten(dyn, scope='f', outputs_collections='o')",
    "out = [L.flatten(x), L.flatten(im2)]",
    "with tf.variable_scope('v'):\n  out = L.flatten(rows)",
    "out = L.flatten(unknown)",
    "out = L.bias_add(x)",
    "out = L.bias_add(first, data_format='NCHW')",
    "out = L.bias_add(im, tf.nn.relu, scope='b', regularizer=L.l2_regularizer(0.1), outputs_collections='o')",
    "out = L.bias_add(x, initializer=tf.ones_initializer(), trainable=False) #initial",
    "out = L.one_hot_encoding(ids, 6)",
    "out = L.one_hot_encoding(tf.to_int32(ids), 6, 2.0, -1.0, scope='o', outputs_collections='c')",
    "out = L.softmax(x)",
    "out = L.softmax(rows, scope='s')",
    "out = L.softmax(bare)",
    "out = L.unit_norm(x, 1)",
    "out = L.unit_norm(rows, 2, epsilon=0.1, scope='u')",
    "out = L.unit_norm(rows, -1)",
    "out = L.unit_norm(x, 4)",
    "out = L.maxout(im, 2)",
    "out = L.maxout(im, 3, axis=1)",
    "out = L.maxout(im, 3)",
    "out = L.maxout(im2, 4, axis=-1, scope='m')",
)
BATCH = "L.batch_norm"
for one in ("im", "x", "rows"):
    add(
        "contrib norm",
        "out = %s(%s) #grad #initial" % (BATCH, one),
        "out = %s(%s, is_training=False)" % (BATCH, one),
        "out = %s(%s, is_training=flag)" % (BATCH, one),
        "out = %s(%s, is_training=flag, updates_collections=None) #after" % (BATCH, one),
        "out = %s(%s, updates_collections=None, scale=True, decay=0.9, epsilon=1e-5, scope='bn') #after #grad"
        % (BATCH, one),
        "out = %s(%s, updates_collections=None, is_training=False, center=False)" % (BATCH, one),
        "out = %s(%s, updates_collections='mine', scale=True)\n[tf.add_to_collection('update_ops', u) for u in tf.get_collection('mine')]"
        % (BATCH, one),
        "out = %s(%s, updates_collections='mine', is_training=flag)" % (BATCH, one),
        "out = %s(%s, fused=False, scale=True)" % (BATCH, one),
        "out = %s(%s, fused=False, updates_collections=None, is_training=flag) #after" % (BATCH, one),
        "out = %s(%s, fused=False, updates_collections=None) #after #grad" % (BATCH, one),
    )
add(
    "contrib normal",
    "out = %s(im, fused=True, is_training=flag, updates_collections=None, scale=True) #after #grad" % BATCH,
    "out = %s(im, activation_fn=tf.nn.relu, outputs_collections='o')" % BATCH,
    "out = %s(x, activation_fn=tf.nn.relu, outputs_collections='o', scope='b')" % BATCH,
    "out = %s(im, param_initializers={'beta': tf.ones_initializer(), 'gamma': tf.constant_initializer(0.3),"
    " 'moving_mean': tf.ones_initializer(), 'moving_variance': tf.constant_initializer(2.0)}, scale=True) #initial"
    % BATCH,
    "out = %s(x, param_initializers={'beta': tf.ones_initializer(), 'moving_mean': tf.ones_initializer()}) #initial"
    % BATCH,
    "out = %s(im, param_regularizers={'beta': L.l2_regularizer(0.1), 'gamma': L.l2_regularizer(0.2)}, scale=True)"
    % BATCH,
    "out = %s(x, param_regularizers={'beta': L.l2_regularizer(0.1), 'gamma': L.l2_regularizer(0.2)}, scale=True)"
    % BATCH,
    "out = %s(rows, param_regularizers={'beta': L.l2_regularizer(0.1)}, updates_collections=None)" % BATCH,
    "out = %s(im, variables_collections=['v'])" % BATCH,
    "out = %s(x, variables_collections={'beta': ['b'], 'moving_mean': ['m']})" % BATCH,
    "out = %s(rows, variables_collections=['v'], updates_collections=None)" % BATCH,
    "out = %s(im, trainable=False)" % BATCH,
    "out = %s(x, trainable=False)" % BATCH,
    "out = [%s(im, scope='b'), %s(im, scope='b', reuse=True, is_training=False)]" % (BATCH, BATCH),
    "out = [%s(im), %s(im), %s(x), %s(x)]" % (BATCH, BATCH, BATCH, BATCH),
    "out = %s(im, data_format='other')" % BATCH,
    "out = %s(unknown)" % BATCH,
    "out = %s(bare)" % BATCH,
    "out = %s(dyn, updates_collections=None) #after" % BATCH,
    "out = %s(first, data_format='NCHW', fused=False)" % BATCH,
    "out = %s(first, data_format='NCHW', fused=False, updates_collections=None, is_training=flag, scale=True) #after"
    % BATCH,
    "out = %s(im, is_training=tf.constant(True), updates_collections=None)" % BATCH,
    "out = %s(im, center=False, scale=False)" % BATCH,
    "out = %s(x, center=False, scale=False)" % BATCH,
    "out = %s(vol)" % BATCH,
    "out = %s(x64)" % BATCH,
    "with tf.variable_scope('s', reuse=tf.AUTO_REUSE):\n  out = [%s(x, scope='b'), %s(x, scope='b', is_training=False)]"
    % (BATCH, BATCH),
    "with tf.variable_scope('s'):\n  with tf.name_scope('n'):\n    out = %s(im, is_training=flag)" % BATCH,
)
add(
    "layer norm",
    "out = L.layer_norm(x) #grad #initial",
    "out = L.layer_norm(rows)",
    "out = L.layer_norm(im, begin_norm_axis=-1, scope='ln')",
    "out = L.layer_norm(im, begin_norm_axis=2, begin_params_axis=1, activation_fn=tf.nn.relu)",
    "out = L.layer_norm(rows, center=False)",
    "out = L.layer_norm(rows, scale=False, trainable=False, outputs_collections='o', variables_collections=['v'])",
    "out = [L.layer_norm(x, scope='l'), L.layer_norm(x, scope='l', reuse=True), L.layer_norm(x)]",
    "out = L.layer_norm(tf.cast(rows, tf.float16))",
    "out = L.layer_norm(x, begin_norm_axis=3)",
    "out = L.layer_norm(bare)",
    "out = L.instance_norm(im) #grad #initial",
    "out = L.instance_norm(rows, center=False, scope='i')",
    "out = L.instance_norm(first, data_format='NCHW', epsilon=0.1, activation_fn=tf.nn.relu)",
    "out = L.instance_norm(im, scale=False, param_initializers={'beta': tf.ones_initializer()}) #initial",
    "out = [L.instance_norm(im), L.instance_norm(im)]",
    "out = L.instance_norm(im, data_format='other')",
    "out = L.group_norm(L.conv2d(im, 6, 1), groups=3) #grad",
    "out = L.group_norm(tf.tile(im, [1, 1, 1, 2]), 2, scale=False, mean_close_to_zero=True, outputs_collections='o')",
    "out = L.group_norm(tf.tile(first, [1, 2, 1, 1]), groups=2, channels_axis=-3, reduction_axes=[-2, -1]) #initial",
    "out = L.group_norm(im, groups=5)",
    "out = L.group_norm(im, 1, channels_axis=-3)",
)
add(
    "composition",
    "out = L.repeat(x, 2, L.fully_connected, 3)",
    "out = L.repeat(im, 2, L.conv2d, 4, [3, 3], scope='conv1')",
    "out = L.repeat(x, 2, L.fully_connected, 3, scope='r', outputs_collections='o')",
    "out = L.stack(x, L.fully_connected, [4, 3, 2])",
    "out = L.stack(im, L.conv2d, [(4, [3, 3]), (2, 1)], scope='s', activation_fn=None)",
    "out = L.stack(x, L.fully_connected, 3)",
    "import functools\nout = L.repeat(x, 2, functools.partial(L.fully_connected, num_outputs=3))",
    "out = [L.repeat(x, 1, L.fully_connected, 3), L.repeat(x, 1, L.fully_connected, 3)]",
    "out = L.repeat(x, 2, L.linear, 3, scope='lin')",
    "out = L.repeat(x, 2, lambda v, scope: v * 2)",
)
add(
    "embedding",
    "out = L.embed_sequence(ids, 7, 3) #initial",
    "out = L.embed_sequence(ids, 7, 3, unique=True, scope='e')",
    "out = [L.embed_sequence(ids, 7, 3, scope='e'), L.embed_sequence(ids, 7, 3, scope='e', reuse=True)]",
    "out = [L.embed_sequence(ids, 7, 3, scope='e'), L.embed_sequence(ids, scope='e', reuse=True)]",
    "out = L.embed_sequence(ids)",
    "out = L.embed_sequence(ids, 7, 3, initializer=tf.ones_initializer(), regularizer=L.l2_regularizer(0.1), trainable=False) #initial",
    "w = tf.get_variable('w', [7, 3])\nout = L.embedding_lookup_unique(w, ids)",
)
add(
    "regularizers",
    "v = tf.get_variable('v', [3, 4], regularizer=L.l2_regularizer(0.1))\nout = v",
    "v = tf.get_variable('v', [3, 4], regularizer=L.l1_regularizer(0.1))\nout = v",
    "v = tf.get_variable('v', [3, 4], regularizer=L.l1_l2_regularizer(0.1, 0.2))\nout = v",
    "v = tf.get_variable('v', [3, 4], regularizer=L.l1_l2_regularizer(0.0, 0.2))\nout = v",
    "v = tf.get_variable('v', [3, 4], regularizer=L.l1_l2_regularizer())\nout = v",
    "v = tf.get_variable('v', [3, 4], regularizer=L.sum_regularizer([L.l1_regularizer(.5), L.l2_regularizer(.5)]))\nout = v",
    "v = tf.get_variable('v', [3, 4], regularizer=L.l2_regularizer(0.0))\nout = v",
    "out = L.l2_regularizer(0.5, scope='r')(x)",
    "out = L.l1_regularizer(0.5, scope='r')(x)",
    "out = L.l2_regularizer(1)(x)",
    "out = L.l1_regularizer(1.5)(x)",
    "out = L.l2_regularizer(1.5)(x)",
    "out = L.l2_regularizer(-0.5)(x)",
    "v, w = tf.get_variable('v', [3, 4]), tf.get_variable('w', [3])\nout = L.apply_regularization(L.l2_regularizer(0.1), [v, w])",
    "out = L.fully_connected(x, 4, variables_collections=['weights'])\nout = L.apply_regularization(L.l2_regularizer(0.1))",
    "out = L.apply_regularization(L.l2_regularizer(0.1), [])",
    "v = tf.get_variable('v', [3, 4])\nout = L.apply_regularization(None, [v])",
    "v = tf.get_variable('v', [3, 4], initializer=L.xavier_initializer(seed=1))\nout = v #initial",
    "v = tf.get_variable('v', [5], initializer=L.xavier_initializer(seed=1))\nout = v #initial",
    "v = tf.get_variable('v', [2, 3, 4, 5], initializer=L.xavier_initializer(uniform=False, seed=1))\nout = v #initial",
    "v = tf.get_variable('v', [3, 4], initializer=L.variance_scaling_initializer(1.0, 'FAN_OUT', True, seed=1))\nout = v #initial",
    "v = tf.get_variable('v', [3, 4], initializer=L.variance_scaling_initializer(1.0, 'FAN_AVG', False, seed=1))\nout = v #initial",
    "v = tf.get_variable('v', [3, 4], initializer=L.xavier_initializer())\nout = v #initial",
    "out = L.xavier_initializer(seed=3)([2, 2])",
    "out = L.variance_scaling_initializer(mode='OTHER')",
    "v = tf.get_variable('v', [3, 4], tf.float64, initializer=L.xavier_initializer(seed=1, dtype=tf.float64))\nout = v #initial",
)
add(
    "summaries",
    "out = L.summarize_tensor(x)",
    "out = L.summarize_tensor(tf.constant(1.0, name='c'), 'tag')",
    "out = L.summarize_activation(tf.nn.relu(x))",
    "out = L.summarize_activation(tf.nn.relu6(x))",
    "out = L.summarize_activation(tf.nn.sigmoid(x))",
    "out = L.summarize_tensors([x, tf.constant(1.0)])",
    "L.fully_connected(x, 4, outputs_collections='activations')\nout = L.summarize_activations()",
    "L.fully_connected(x, 4)\nout = L.summaries.summarize_variables()",
    "L.fully_connected(x, 4)\nout = L.summarize_collection('trainable_variables')",
    "L.fully_connected(x, 4)\nout = L.summarize_collection('trainable_variables', name_filter='.*weights')",
    "out = L.summarize_tensor(tf.constant('a'))",
)
LOSS = (
    "y = layers.dense(x, 2, name='d')\nloss = tf.reduce_mean(y * y, name='loss')\ng = F.get_or_create_global_step()\n"
)
add(
    "optimize loss",
    LOSS + "out = L.optimize_loss(loss, g, 0.1, 'SGD') #after",
    LOSS + "out = L.optimize_loss(loss, None, 0.1, 'Momentum', clip_gradients=0.5, name='t') #after",
    LOSS + "out = L.optimize_loss(loss, g, 0.1, 'Adam')",
    LOSS + "out = L.optimize_loss(loss, g, 0.1, tf.train.RMSPropOptimizer, increment_global_step=False)",
    LOSS
    + "out = L.optimize_loss(loss, g, None, lambda: tf.train.GradientDescentOptimizer(0.2), summaries=L.OPTIMIZER_SUMMARIES) #after",
    LOSS
    + "out = L.optimize_loss(loss, g, tf.constant(0.1), lambda r: tf.train.MomentumOptimizer(r, 0.5), gradient_multipliers={'d/bias:0': 0.5}) #after",
    LOSS
    + "out = L.optimize_loss(loss, g, 0.1, tf.train.GradientDescentOptimizer(0.3), variables=tf.trainable_variables()[:1]) #after",
    LOSS
    + "out = L.optimize_loss(loss, g, 0.1, 'SGD', learning_rate_decay_fn=lambda r, s: tf.train.exponential_decay(r, s, 10, 0.5)) #after",
    "y = layers.batch_normalization(layers.dense(x, 2), training=True)\nloss = tf.reduce_mean(y * y)\nout = L.optimize_loss(loss, None, 0.1, 'SGD', summaries=[]) #after",
    LOSS + "out = L.optimize_loss(loss, g, 0.1, 'SGD', clip_gradients=lambda p: [(a * 2, v) for a, v in p]) #after",
    LOSS + "out = L.optimize_loss(loss, g, 1, 'SGD')",
    LOSS + "out = L.optimize_loss(loss, g, -0.1, 'SGD')",
    LOSS + "out = L.optimize_loss(loss, g, 0.1, 'Other')",
    LOSS + "out = L.optimize_loss(loss, g, None, 'SGD')",
    LOSS + "out = L.optimize_loss(loss, g, 0.1, 'SGD', clip_gradients='a')",
    LOSS + "out = L.optimize_loss(loss, g, 0.1, 'SGD', summaries=['a'])",
    LOSS + "out = L.optimize_loss(y, g, 0.1, 'SGD')",
)
