# ruff: noqa: UP031 - Python 3.7 reads it, too; calls stay in one line
"""Calls of tf.layers, each with its placeholders (layer_recording.py has them) and leaving `out`."""

ACTIVE = "activation=tf.nn.relu"
CASES = {}


def add(group, *codes):
    for code in codes:
        CASES["%s %d" % (group, 1 + sum(each.startswith(group + " ") for each in CASES))] = code


add(
    "dense",
    "out = layers.dense(x, 4) #grad #initial",
    "out = layers.dense(x, 4, tf.nn.relu) #initial",
    "out = layers.dense(x, 4, activation=tf.sigmoid, use_bias=False)",
    "out = layers.dense(x, 4, name='fc')",
    "a = layers.dense(x, 4)\nout = [a, layers.dense(a, 2), layers.dense(a, 2, name='z')] #initial",
    "out = [layers.dense(x, 4, name='fc'), layers.dense(x, 4, name='fc', reuse=True)]",
    "out = [layers.dense(x, 4, name='fc'), layers.dense(x, 4, name='fc')]",
    "out = layers.dense(x, 4, name='fc', reuse=True)",
    "out = layers.dense(x, 4, reuse=True)",
    "out = [layers.dense(x, 4, name='fc', reuse=tf.AUTO_REUSE), layers.dense(x, 4, name='fc', reuse=tf.AUTO_REUSE)]",
    "out = [layers.dense(x, 4, reuse=tf.AUTO_REUSE), layers.dense(x, 4, reuse=tf.AUTO_REUSE)]",
    "with tf.variable_scope('s'):\n  a = layers.dense(x, 4)\nwith tf.variable_scope('s', reuse=True):\n"
    "  b = layers.dense(x, 4)\nout = [a, b]",
    "with tf.variable_scope('s'):\n  a = layers.dense(x, 4)\nwith tf.variable_scope('s'):\n  b = layers.dense(x, 4)\nout = [a, b]",
    "with tf.variable_scope('s', reuse=tf.AUTO_REUSE):\n  a = layers.dense(x, 4)\n  b = layers.dense(x, 4)\nout = [a, b]",
    "out = []\nfor _ in range(2):\n  with tf.variable_scope('s', reuse=tf.AUTO_REUSE):\n"
    "    out.append(layers.dense(x, 4, name='fc'))\n    out.append(layers.dense(x, 4))",
    "with tf.variable_scope('s') as s:\n  a = layers.dense(x, 4, name='fc')\n  s.reuse_variables()\n"
    "  b = layers.dense(x, 4, name='fc')\nout = [a, b]",
    "with tf.variable_scope(None, 'd'):\n  a = layers.dense(x, 4)\nwith tf.variable_scope(None, 'd'):\n"
    "  b = layers.dense(x, 4)\nout = [a, b]",
    "with tf.name_scope('n'):\n  a = layers.dense(x, 4)\nwith tf.name_scope('n'):\n  b = layers.dense(x, 4)\nout = [a, b]",
    "with tf.variable_scope('v'):\n  with tf.name_scope('n'):\n    out = layers.dense(x, 4)",
    "with tf.variable_scope('v') as v:\n  pass\nwith tf.name_scope('q'):\n  with tf.variable_scope(v):\n"
    "    out = [layers.dense(x, 4), layers.dense(x, 4)]",
    "with tf.variable_scope('v', initializer=tf.constant_initializer(0.5), regularizer=tf.nn.l2_loss):\n"
    "  out = layers.dense(x, 4) #initial",
    "with tf.variable_scope('v', initializer=tf.constant_initializer(0.5)):\n"
    "  out = layers.dense(x, 4, bias_initializer=None) #initial",
    "out = layers.dense(x, 4, kernel_regularizer=tf.nn.l2_loss, bias_regularizer=tf.nn.l2_loss)",
    "out = [layers.dense(x, 4, name='d', kernel_regularizer=tf.nn.l2_loss),"
    " layers.dense(x, 4, name='d', reuse=True, kernel_regularizer=tf.nn.l2_loss)]",
    "out = layers.dense(x, 4, activity_regularizer=tf.nn.l2_loss)",
    "out = layers.dense(x, 4, trainable=False, kernel_regularizer=tf.nn.l2_loss)",
    "out = layers.dense(rows, 4)",
    "out = layers.dense(rows, 4, activation=tf.tanh, name='q/r')",
    "out = layers.dense(im, 4, use_bias=False)",
    "out = layers.dense(x64, 4) #initial",
    "out = layers.dense(x4, 4, kernel_initializer=tf.truncated_normal_initializer(stddev=0.1, seed=3)) #initial",
    "out = layers.dense(x, 4, kernel_initializer=tf.glorot_normal_initializer(seed=3),"
    " bias_initializer=tf.constant_initializer(0.1)) #initial",
    "out = layers.dense(x, 4, kernel_initializer=tf.variance_scaling_initializer(2.0, seed=5)) #initial",
    "out = layers.dense(x, 4, kernel_constraint=lambda w: w * 2)",
    "out = layers.dense(unknown, 4)",
    "out = layers.dense(bare, 4)",
    "out = layers.dense(tf.reshape(x, [-1]), 4)",
    "out = layers.dense(np.ones([2, 3], 'float32'), 4)",
    "out = layers.dense(tf.to_int32(x), 4)",
    "d = layers.Dense(4)\nout = [d(x), d(x), d.apply(x * 2)] + d.variables + d.trainable_variables",
    "d = layers.Dense(4, name='fc')\nout = [d(x), d.kernel, d.bias, d.name, d.scope_name]",
    "d = layers.Dense(4, trainable=False)\nd(x)\nout = [d.trainable_variables, d.non_trainable_variables]",
    "d = layers.Dense(4)\nwith tf.variable_scope('s'):\n  a = d(x)\nwith tf.variable_scope('t'):\n  b = d(x)\nout = [a, b]",
    "d = layers.Dense(4, kernel_regularizer=tf.nn.l2_loss)\nd(x)\nd(x)\nout = tf.identity(d.losses[0], name='loss')",
    "d = layers.Dense(4)\nd.build([None, 3])\nout = [d(x), d.count_params()]",
    "d, e = layers.Dense(4), layers.Dense(4)\nout = [e(x), d(x), d.name, e.name]",
    "d = layers.Dense(4, name='a')\ne = layers.Dense(4, name='a')\nout = [e(x), d(x), d.name, e.name]",
    "d = layers.Dense(4, dtype=tf.float64)\nout = [d(x64), d.dtype]",
    "d = layers.Dense(4, _scope='s', _reuse=tf.AUTO_REUSE)\nout = [d(x)]",
    "d = layers.Dense(4)\nout = [d(x, scope='other')]",
    "def own(getter, name, *args, **kwargs):\n  return getter(name + '_own', *args, **kwargs)\n"
    "with tf.variable_scope('s', custom_getter=own):\n  out = layers.dense(x, 4)",
    "def own(getter, name, *args, **kwargs):\n  kwargs['trainable'] = False\n  return getter(name, *args, **kwargs)\n"
    "d = layers.Dense(4)\nwith tf.variable_scope('s', custom_getter=own):\n"
    "  out = [d(x), d.trainable_variables, d.non_trainable_variables]",
    "with tf.variable_scope('s', partitioner=tf.fixed_size_partitioner(3)):\n  out = layers.dense(x, 4)",
    "with tf.variable_scope('s', dtype=tf.float64):\n  out = layers.dense(x, 4)",
    "with tf.variable_scope('s', use_resource=True):\n  out = layers.dense(x, 4)",
    "e = tf.train.ExponentialMovingAverage(0.9)\na = layers.dense(x, 4, name='d')\ne.apply(tf.trainable_variables())\n"
    "def own(getter, name, *args, **kwargs):\n  v = getter(name, *args, **kwargs)\n  return e.average(v)\n"
    "with tf.variable_scope('', reuse=True, custom_getter=own):\n  out = [a, layers.dense(x, 4, name='d')]",
    "s = tf.sparse_placeholder(tf.float32, [2, 3])\nlayers.dense(s, 4)",
    "out = layers.dense(inputs=x, units=3, use_bias=True, activation=None, name='logits')",
    "out = layers.dense(x)",
    "out = layers.dense(x, 4, unknown_argument=1)",
    "with tf.variable_scope('a'):\n  with tf.variable_scope('b'):\n    p = layers.dense(x, 2)\n  q = layers.dense(p, 2)\n"
    "with tf.variable_scope('a', reuse=True):\n  with tf.variable_scope('b'):\n    r = layers.dense(x, 2)\nout = [p, q, r]",
    "tf.get_variable('dense/kernel', [3, 4])\nout = layers.dense(x, 4)",
    "with tf.variable_scope('dense'):\n  v = tf.get_variable('v', [3, 4])\nout = [v, layers.dense(x, 4)]",
    "tf.get_variable('d/kernel', [3, 5])\nwith tf.variable_scope('', reuse=True):\n  out = layers.dense(x, 4, name='d')",
    "with tf.control_dependencies([tf.no_op(name='w')]):\n  out = layers.dense(x, 4)",
    "class Scale(layers.Layer):\n  def build(self, shape):\n"
    "    self.w = self.add_variable('w', [shape[-1].value if hasattr(shape[-1], 'value') else shape[-1]])\n"
    "    self.built = True\n  def call(self, inputs):\n    return inputs * self.w\n"
    "s = Scale(name='sc')\nout = [s(x), s(x)] + s.variables + [layers.Dense(2)(s(x))] #initial",
    "class TwoWords(layers.Layer):\n  def call(self, a, times=1):\n    return a * times\nout = [TwoWords()(x, times=3)]",
)
for one in ("conv1d(rows, ", "conv2d(im, ", "conv3d(vol, "):
    add(
        one[:6],
        "out = layers.%s4, 2) #grad #initial" % one,
        "out = layers.%s4, 3, padding='same', activation=tf.nn.relu, name='c')" % one,
        "out = layers.%s4, 3, strides=2, padding='SAME', use_bias=False)" % one,
        "out = layers.%s4, 2, strides=2, kernel_regularizer=tf.nn.l2_loss)" % one,
        "out = layers.%s4, 2, dilation_rate=2, padding='same') #grad" % one,
        "out = layers.%s4, 2, dilation_rate=2, use_bias=False)" % one,
        "out = layers.%s4, 2, dilation_rate=2, strides=2)" % one,
        "out = layers.%s4, 2, padding='causal')" % one,
        "out = layers.%s4, 2, padding='other')" % one,
        "out = layers.%s4, 2, data_format='other')" % one,
        "a = layers.%s4, 1, name='c')\nout = [a, layers.%s4, 1, name='c', reuse=True), layers.%s4, 1)]"
        % (one, one, one),
        "out = layers.%s4, 1, trainable=False, bias_initializer=tf.ones_initializer(), bias_regularizer=tf.nn.l2_loss)"
        % one,
    )
add(
    "convolution",
    "out = layers.conv1d(rows, 4, 2, padding='causal', dilation_rate=2)",
    "out = layers.conv2d(im, 4, [3, 2], strides=(1, 2), padding='same')",
    "out = layers.conv2d(im2, 4, 3)",
    "out = layers.conv2d(dyn, 4, 3, padding='same')",
    "out = layers.conv2d(dyn, 4, 2, dilation_rate=(2, 1), padding='same')",
    "out = layers.conv2d(dyn, 4, 2, strides=2, activation=tf.nn.relu)",
    "out = layers.conv2d(im, 4, (3, 3, 3))",
    "out = layers.conv2d(rows, 4, 3)",
    "out = layers.conv2d(im, 4, 3, activity_regularizer=tf.nn.l2_loss)",
    "c = layers.Conv2D(4, 3, name='c')\nout = [c(im), c(im)] + c.weights",
    "c = layers.Conv2D(4, 3, padding='same')\nout = [c(c(im))]",
    "out = layers.Conv1D(4, 2)(rows)",
    "out = layers.Conv3D(4, 2, activation=tf.nn.relu)(vol)",
    "with tf.variable_scope('net'):\n  h = layers.conv2d(im, 3, 3, activation=tf.nn.relu, name='conv1')\n"
    "  h = layers.max_pooling2d(h, 2, 2, name='pool1')\n  h = layers.flatten(h)\n  out = layers.dense(h, 2, name='fc') #grad #initial",
)
for one in ("conv2d_transpose(im, ", "conv3d_transpose(vol, "):
    add(
        one[:16],
        "out = layers.%s3, 2) #grad #initial" % one,
        "out = layers.%s3, 3, strides=2, padding='same', activation=tf.nn.relu, name='up')" % one,
        "out = layers.%s3, 2, strides=3, use_bias=False)" % one,
        "out = layers.%s3, 3, strides=2, padding='valid', kernel_regularizer=tf.nn.l2_loss)" % one,
    )
add(
    "transposed",
    "out = layers.conv2d_transpose(dyn, 3, 3, strides=2, padding='same')",
    "out = layers.conv2d_transpose(im2, 3, [3, 2], strides=(2, 1), padding='same')",
    "out = layers.Conv2DTranspose(3, 2)(im)",
    "out = layers.Conv3DTranspose(3, 2)(vol)",
    "out = layers.conv2d_transpose(im, 3, 2, dilation_rate=2)",
)
for one in ("separable_conv1d(rows, ", "separable_conv2d(im, "):
    add(
        one[:16],
        "out = layers.%s3, 2) #grad #initial" % one,
        "out = layers.%s3, 2, padding='same', depth_multiplier=2, activation=tf.nn.relu, name='s')" % one,
        "out = layers.%s3, 2, strides=2, use_bias=False)" % one,
        "out = layers.%s3, 2, dilation_rate=2, padding='same', depthwise_regularizer=tf.nn.l2_loss, "
        "pointwise_regularizer=tf.nn.l2_loss, bias_regularizer=tf.nn.l2_loss)" % one,
        "out = layers.%s3, 2, padding='causal')" % one,
    )
add(
    "separable",
    "out = layers.SeparableConv2D(3, 2)(im)",
    "out = layers.SeparableConv1D(3, 2)(rows)",
    "out = layers.separable_conv2d(dyn, 3, 3, padding='same')",
)
for one in ("1d(rows, ", "2d(im, ", "3d(vol, "):
    for kind in ("max_pooling", "average_pooling"):
        add(
            "pooling",
            "out = layers.%s%s2, 2)" % (kind, one),
            "out = layers.%s%s3, 2, padding='same', name='p')" % (kind, one),
            "out = layers.%s%spool_size=2, strides=1)" % (kind, one),
        )
add(
    "pools",
    "out = layers.max_pooling2d(im, [2, 3], [1, 2])",
    "out = layers.max_pooling2d(dyn, 2, 2)",
    "out = layers.max_pooling2d(rows, 2, 2)",
    "out = layers.max_pooling2d(im, 2, None)",
    "out = layers.MaxPooling2D(2, 2)(im)",
    "out = layers.AveragePooling2D(2, 2, name='a')(im)",
    "out = [layers.MaxPooling1D(2, 2)(rows), layers.AveragePooling1D(2, 2)(rows)]",
    "out = [layers.MaxPooling3D(2, 2)(vol), layers.AveragePooling3D(2, 2)(vol)]",
    "out = [layers.max_pooling2d(im, 2, 2), layers.max_pooling2d(im, 2, 2)]",
)
add(
    "dropout",
    "out = layers.dropout(x, 0.3, seed=5, training=True)",
    "out = layers.dropout(x, 0.3)",
    "out = layers.dropout(x, rate=0.4, seed=5, training=flag)",
    "out = layers.dropout(x, 0.3, noise_shape=[None, 1], seed=5, training=True)",
    "out = layers.dropout(x, 0.0, training=True)",
    "out = layers.dropout(x, 1.0, training=True)",
    "out = layers.dropout(x, tf.constant(0.3), seed=5, training=True)",
    "out = layers.dropout(x, 0.3, seed=5, training=tf.constant(True), name='drop')",
    "out = layers.dropout(x, 0.3, seed=5, training=1)",
    "out = layers.dropout(tf.to_int32(x), 0.3, seed=5, training=True)",
    "out = layers.dropout(layers.dense(x, 4, tf.nn.relu), 0.5, seed=2, training=flag) #grad",
    "out = [layers.dropout(x, 0.3), layers.dropout(x, 0.3, name='d'), layers.dropout(x, 0.3, seed=1, training=True)]",
    "d = layers.Dropout(0.5, seed=3)\nout = [d(x, training=True), d(x), d.apply(x, training=False)]",
    "out = layers.dropout(x64, 0.5, seed=3, training=True)",
    "rate = tf.placeholder_with_default(0.25, [])\nout = layers.dropout(x, rate, seed=5, training=True)",
)
add(
    "flatten",
    "out = layers.flatten(im)",
    "out = layers.flatten(im2, name='f')",
    "out = layers.flatten(dyn)",
    "out = layers.flatten(x)",
    "out = layers.flatten(rows, data_format='channels_first')",
    "out = layers.flatten(first, data_format='channels_first')",
    "out = layers.Flatten()(im)",
    "out = layers.Flatten(name='fl')(rows)",
    "out = layers.flatten(tf.reshape(x, [-1]))",
    "out = layers.flatten(unknown)",
)
NORMAL = "layers.batch_normalization"
for one in ("im", "x", "rows", "vol"):
    add(
        "batch norm",
        "out = %s(%s) #initial" % (NORMAL, one),
        "out = %s(%s, training=True) #grad" % (NORMAL, one),
        "out = %s(%s, training=flag)" % (NORMAL, one),
        "out = %s(%s, training=True, momentum=0.9, epsilon=1e-5, name='bn')" % (NORMAL, one),
        "out = %s(%s, training=True, center=False, scale=False, fused=False)" % (NORMAL, one),
        "out = %s(%s, axis=1, training=True, fused=False)" % (NORMAL, one),
    )
add(
    "batch normal",
    "out = %s(im, training=flag, fused=False) #grad" % NORMAL,
    "out = %s(im, training=flag) #grad" % NORMAL,
    "out = %s(im, training=True, fused=True)" % NORMAL,
    "out = %s(im, training=True, scale=False)" % NORMAL,
    "out = %s(im, training=False, center=False)" % NORMAL,
    "out = %s(im, axis=[1, 3], training=True)" % NORMAL,
    "out = %s(im, axis=2, training=True)" % NORMAL,
    "out = %s(first, axis=1, training=False, fused=False)" % NORMAL,
    "out = %s(im, training=True, epsilon=1e-7)" % NORMAL,
    "out = [%s(im, training=True, name='b'), %s(im, name='b', reuse=True)]" % (NORMAL, NORMAL),
    "out = [%s(x, training=True), %s(x, training=True)]" % (NORMAL, NORMAL),
    "out = %s(x, trainable=False, training=True)" % NORMAL,
    "out = %s(x, training=True, gamma_regularizer=tf.nn.l2_loss, beta_regularizer=tf.nn.l2_loss)" % NORMAL,
    "out = %s(x, beta_initializer=tf.ones_initializer(), gamma_initializer=tf.constant_initializer(0.4),"
    " moving_mean_initializer=tf.ones_initializer(), moving_variance_initializer=tf.constant_initializer(2.)) #initial"
    % NORMAL,
    "b = layers.BatchNormalization(name='b')\nout = [b(x, training=True), b(x)] + b.variables + b.trainable_variables"
    " + [len(b.updates)]",
    "b = layers.BatchNormalization()\nout = [b(im, training=True), b.gamma, b.beta, b.moving_mean, b.moving_variance]",
    "out = %s(x64, training=True)" % NORMAL,
    "out = %s(tf.cast(im, tf.float16), training=True)" % NORMAL,
    "out = %s(tf.cast(x, tf.float16), training=True)" % NORMAL,
    "out = %s(dyn, training=True)" % NORMAL,
    "out = %s(bare, training=True)" % NORMAL,
    "out = %s(unknown, training=True)" % NORMAL,
    "out = %s(x, axis=5)" % NORMAL,
    "out = %s(x, training=tf.constant(True))" % NORMAL,
    "out = %s(im, training=tf.constant(False))" % NORMAL,
    "out = %s(x, training=1)" % NORMAL,
    "out = %s(x, training=0)" % NORMAL,
    "with tf.variable_scope('s', reuse=tf.AUTO_REUSE):\n  out = [%s(im, training=True, name='b'),"
    " %s(im, training=False, name='b')]" % (NORMAL, NORMAL),
    "with tf.variable_scope('s', partitioner=tf.fixed_size_partitioner(2)):\n  out = %s(im, training=True)" % NORMAL,
    "with tf.name_scope('n'):\n  out = %s(im, training=flag)" % NORMAL,
    "net = layers.conv2d(im, 3, 3, use_bias=False)\nnet = tf.nn.relu(%s(net, training=flag))\n"
    "net = layers.dense(layers.flatten(net), 2)\nout = layers.dropout(net, seed=1, training=flag) #grad" % NORMAL,
)
add(
    "named",
    *[
        "out = [layers.dense(x, 4, activation='%s'), layers.dense(rows, 4, activation='%s')]" % (each, each)
        for each in (
            "relu",
            "softmax",
            "sigmoid",
            "tanh",
            "elu",
            "selu",
            "softplus",
            "softsign",
            "linear",
            "hard_sigmoid",
            "exponential",
            "relu6",
        )
    ],
)
add(
    "named initializers",
    *[
        "out = layers.dense(x, 4, kernel_initializer='%s', bias_initializer='zeros') #initial" % each
        for each in (
            "zeros",
            "ones",
            "glorot_normal",
            "he_normal",
            "he_uniform",
            "lecun_normal",
            "lecun_uniform",
            "random_normal",
            "random_uniform",
            "truncated_normal",
            "nothing",
        )
    ],
)
add(
    "named others",
    "out = layers.conv2d(im, 3, 2, activation='relu', kernel_regularizer='l2', bias_regularizer='l1')",
    "out = layers.dense(x, 3, kernel_regularizer='l3')",
    "out = layers.dense(x, 3, kernel_constraint='nothing')",
    "out = layers.conv2d(im, 3, 2, data_format=None)",
    "class Outer(layers.Layer):\n  def __init__(self, **kw):\n    super(Outer, self).__init__(**kw)\n"
    "    self.inner = layers.Dense(2, kernel_regularizer=tf.nn.l2_loss)\n    self.more = [layers.Dense(3)]\n"
    "  def build(self, shape):\n    self.w = self.add_weight('w', [3])\n    self.v = tf.get_variable('v', [3], trainable=False)\n    self.built = True\n"
    "  def call(self, a):\n    return self.more[0](self.inner(a * self.w * self.v))\n"
    "o = Outer()\nout = [o(x), o(x), len(o.variables), len(o.losses)] + o.variables",
)
add(
    "control flow",
    "d = layers.Dense(3, name='d')\n"
    "i, out = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, d(a)), [0, x])\nout = tf.identity(out, name='o')",
    "out = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, layers.dense(a, 3, tf.tanh, name='d')), [0, x])[1]\nout = tf.identity(out, name='o') #grad",
    "out = tf.identity(tf.cond(flag, lambda: layers.dense(x, 4, name='a'), lambda: layers.dense(x, 4, name='b')), name='o')",
    "with tf.variable_scope('s', reuse=tf.AUTO_REUSE):\n"
    "  out = tf.identity(tf.cond(flag, lambda: layers.dense(x, 4, name='a'), lambda: layers.dense(x * 2, 4, name='a')), name='o') #grad",
    "out = tf.identity(tf.map_fn(lambda r: layers.dense(r, 2, name='m'), rows), name='o')",
    "out = tf.identity(tf.cond(flag, lambda: layers.batch_normalization(x, name='a'), lambda: layers.dropout(x, 0.5)), name='o')",
    "out = layers.dropout(x, np.float32(0.4), seed=5, training=True)",
    "out = layers.dropout(x, tf.constant(0.0), seed=5, training=True)",
)
