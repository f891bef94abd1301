# ruff: noqa: UP031 - Python 3.7 reads it, too
"""Code with slim's scopes of arguments, and tf.contrib.framework, each leaving `out`."""

CASES = {}


def add(group, *codes):
    for code in codes:
        CASES["%s %d" % (group, 1 + sum(each.startswith(group + " ") for each in CASES))] = code


add(
    "arg scope",
    "with slim.arg_scope([slim.fully_connected], activation_fn=None):\n  out = [slim.fully_connected(x, 4), slim.fully_connected(x, 4, activation_fn=tf.nn.tanh)]",
    "with slim.arg_scope([slim.conv2d, slim.fully_connected], activation_fn=tf.nn.elu, weights_regularizer=slim.l2_regularizer(0.1)):\n"
    "  with slim.arg_scope([slim.conv2d], padding='VALID', stride=2):\n    net = slim.conv2d(im, 3, 3, scope='c')\n"
    "  out = [net, slim.fully_connected(slim.flatten(net), 2)]",
    "with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm, normalizer_params={'decay': 0.9, 'updates_collections': None}):\n"
    "  with slim.arg_scope([slim.batch_norm, slim.dropout], is_training=flag):\n"
    "    net = slim.conv2d(im, 3, 3)\n    out = slim.dropout(net, 0.5, seed=3) #after #grad",
    "with slim.arg_scope([slim.conv2d], stride=2) as sc:\n  pass\nwith slim.arg_scope(sc):\n  out = slim.conv2d(im, 3, 3)",
    "def scope():\n  with slim.arg_scope([slim.conv2d], stride=2, activation_fn=None) as sc:\n    return sc\n"
    "with slim.arg_scope([slim.conv2d], padding='VALID'):\n  with slim.arg_scope(scope()):\n    out = slim.conv2d(im, 3, 3)\nout = [out, slim.conv2d(im, 3, 3)]",
    "with slim.arg_scope([tf.nn.relu], name='a'):\n  pass",
    "with slim.arg_scope(slim.conv2d, stride=2):\n  pass",
    "with slim.arg_scope({}, stride=2):\n  pass",
    "with slim.arg_scope([slim.conv2d], nonsense=2):\n  out = slim.conv2d(im, 3, 3)",
    "@slim.add_arg_scope\ndef scaled(v, by=1.0, scope=None):\n  return tf.multiply(v, by, name=scope)\n"
    "with slim.arg_scope([scaled], by=3.0):\n  out = [scaled(x), scaled(x, by=2.0, scope='s')]",
    "out = [str(slim.has_arg_scope(slim.conv2d)), str(slim.has_arg_scope(tf.nn.relu)), str(len(F.current_arg_scope()))]",
    "with F.arg_scope([L.layer_norm, L.dropout, L.flatten, L.bias_add, L.separable_conv2d, L.conv2d_transpose, L.avg_pool2d, L.one_hot_encoding, L.unit_norm, L.softmax, L.instance_norm, L.convolution, L.conv1d, L.conv3d, F.variable, F.model_variable, slim.pool]):\n  out = L.layer_norm(x)",
    "with slim.arg_scope([slim.model_variable, slim.variable], trainable=False):\n  out = slim.model_variable('w', [2, 3])\n  out = [out, slim.fully_connected(x, 4)]",
    "with slim.arg_scope([slim.variable], device='/cpu:0'):\n  out = slim.conv2d(im, 2, 3)",
    "with slim.arg_scope([slim.repeat], scope='a'):\n  pass",
    "@slim.add_arg_scope\ndef f(v, by=1.0):\n  return v * by\ng = f\n@slim.add_arg_scope\ndef f(v, by=2.0):\n  return v + by\n"
    "with slim.arg_scope([f], by=5.0):\n  out = [f(x), g(x)]",
)
add(
    "slim net",
    "def net(images, classes=3, training=True, scope='net'):\n"
    "  with tf.variable_scope(scope, 'net', [images]) as sc:\n    end_points = sc.original_name_scope + '_end_points'\n"
    "    with slim.arg_scope([slim.conv2d, slim.fully_connected, slim.max_pool2d], outputs_collections=end_points):\n"
    "      h = slim.repeat(images, 2, slim.conv2d, 4, [3, 3], scope='conv1')\n      h = slim.max_pool2d(h, [2, 2], scope='pool1')\n"
    "      h = slim.conv2d(h, 5, [3, 3], padding='VALID', scope='fc6')\n"
    "      h = slim.dropout(h, 0.5, is_training=training, scope='dropout6', seed=2)\n"
    "      h = slim.conv2d(h, classes, [1, 1], activation_fn=None, normalizer_fn=None, scope='fc8')\n"
    "      points = slim.utils.convert_collection_to_dict(end_points)\n"
    "      h = tf.squeeze(h, [1, 2], name='fc8/squeezed')\n      points[sc.name + '/fc8'] = h\n      return h, points\n"
    "o, p = net(im, training=flag)\nout = [o] + list(p) + list(p.values()) #grad",
    "def block(h, depth, scope):\n  with tf.variable_scope(scope, 'block', [h]) as sc:\n"
    "    pre = slim.batch_norm(h, activation_fn=tf.nn.relu, scope='preact')\n"
    "    shortcut = slim.conv2d(pre, depth, [1, 1], normalizer_fn=None, activation_fn=None, scope='shortcut')\n"
    "    res = slim.conv2d(pre, depth, 3, scope='conv1')\n"
    "    return slim.utils.collect_named_outputs('ends', sc.name, shortcut + res)\n"
    "with slim.arg_scope([slim.conv2d], weights_regularizer=slim.l2_regularizer(0.0001),"
    " weights_initializer=slim.variance_scaling_initializer(), activation_fn=tf.nn.relu, normalizer_fn=slim.batch_norm):\n"
    "  with slim.arg_scope([slim.batch_norm], decay=0.997, epsilon=1e-5, scale=True, is_training=False):\n"
    "    h = block(im, 4, 'unit_1')\n    h = block(h, 6, 'unit_2')\nd = slim.utils.convert_collection_to_dict('ends')\nout = [h] + list(d) + list(d.values())",
    "with slim.arg_scope([slim.conv2d, slim.separable_conv2d], normalizer_fn=slim.batch_norm, activation_fn=tf.nn.relu6):\n"
    "  with slim.arg_scope([slim.batch_norm], is_training=True, center=True, scale=True, decay=0.9):\n"
    "    with slim.arg_scope([slim.separable_conv2d], weights_regularizer=None):\n"
    "      h = slim.conv2d(im, 4, [3, 3], stride=2, scope='Conv2d_0')\n"
    "      h = slim.separable_conv2d(h, None, [3, 3], depth_multiplier=1, stride=1, rate=1, scope='Conv2d_1_depthwise')\n"
    "      h = slim.conv2d(h, 6, [1, 1], scope='Conv2d_1_pointwise')\n"
    "h = tf.reduce_mean(h, [1, 2], keepdims=True)\nout = slim.conv2d(h, 2, [1, 1], activation_fn=None, scope='logits') #grad",
    "h = slim.stack(x, slim.fully_connected, [4, 4], scope='fc', normalizer_fn=slim.batch_norm)\nout = slim.fully_connected(h, 2, activation_fn=tf.nn.softmax, scope='out') #initial",
    "with tf.variable_scope('m', reuse=tf.AUTO_REUSE):\n  a = slim.conv2d(im, 3, 3, scope='c', normalizer_fn=slim.batch_norm)\n"
    "  b = slim.conv2d(im, 3, 3, scope='c', normalizer_fn=slim.batch_norm)\nout = [a, b]",
)
add(
    "collections",
    "slim.fully_connected(x, 4, scope='a')\nslim.fully_connected(x, 4, scope='b', normalizer_fn=slim.batch_norm)\n"
    "g = slim.get_or_create_global_step()\nout = [g, slim.get_variables(), slim.get_model_variables(), slim.get_variables('a'),"
    " slim.get_variables(suffix='weights'), slim.get_variables('b', 'beta'), slim.get_trainable_variables(), slim.get_local_variables(),"
    " slim.get_variables_by_name('weights'), slim.get_variables_by_suffix('weights'), slim.get_variables_by_name('weights', 'a')]",
    "slim.fully_connected(x, 4, scope='a')\nslim.fully_connected(x, 4, scope='b')\nslim.get_or_create_global_step()\n"
    "out = [slim.get_variables_to_restore(), slim.get_variables_to_restore(include=['a']), slim.get_variables_to_restore(exclude=['a/weights', 'global_step']),"
    " slim.get_variables_to_restore(['a', 'b'], ['b'])]",
    "slim.fully_connected(x, 4, scope='a')\nout = slim.get_variables_to_restore(include='a')",
    "slim.fully_connected(x, 4, scope='a')\nout = [slim.get_unique_variable('a/weights'), slim.get_variable_full_name(slim.get_unique_variable('a/biases'))]",
    "slim.fully_connected(x, 4, scope='a')\nout = slim.get_unique_variable('a/nothing')",
    "slim.fully_connected(x, 4, scope='a')\nslim.fully_connected(x, 4, scope='ab')\nout = [slim.get_variables('a'), slim.get_variables('a/'), slim.get_model_variables('ab')]",
    "with tf.variable_scope('s') as s:\n  slim.fully_connected(x, 4, scope='a')\nslim.fully_connected(x, 4, scope='a')\nout = slim.get_variables(s)",
    "slim.fully_connected(x, 4, scope='a')\nout = [slim.filter_variables(slim.get_model_variables(), include_patterns=['weights']),"
    " slim.filter_variables(slim.get_model_variables(), exclude_patterns=['bias']), slim.filter_variables(slim.get_model_variables(), ['weights'], reg_search=False)]",
    "out = [slim.variable('v', [2, 3], initializer=tf.ones_initializer(), regularizer=slim.l2_regularizer(0.1)), slim.model_variable('m', [2], initializer=tf.zeros_initializer(), collections=['c'])] #initial",
    "with tf.variable_scope('s'):\n  a = slim.model_variable('m', [2, 2])\nwith tf.variable_scope('s', reuse=True):\n  b = slim.model_variable('m', [2, 2])\nout = [a, b]",
    "v = tf.get_variable('v', [2])\nslim.add_model_variable(v)\nslim.add_model_variable(v)\nout = v",
    "a = slim.local_variable(1.0, name='l')\nb = slim.global_variable(2.0, name='g')\nout = [a, b]",
    "a = F.create_global_step()\nout = [a, F.get_global_step(), F.get_or_create_global_step()]",
    "F.create_global_step()\nF.create_global_step()",
    "out = [F.sort(x4), F.argsort(x4, direction='DESCENDING'), F.nest.flatten([x, [x]])]",
    "slim.fully_connected(x, 4, scope='a')\nop, feed = slim.assign_from_values({'a/weights': np.ones([3, 4], 'float32')})\n"
    "with tf.Session() as s:\n  s.run(op, feed)\n  out = str(s.run(slim.get_unique_variable('a/weights')).sum())",
    "slim.fully_connected(x, 4, scope='a')\nimport tempfile\np = tempfile.mkdtemp() + '/m'\nout = []\nwith tf.Session() as s:\n"
    "  s.run(tf.global_variables_initializer())\n  s.run(*slim.assign_from_values({'a/weights': np.ones([3, 4], 'float32')}))\n"
    "  tf.train.Saver().save(s, p)\n"
    "  out += [str(sorted(F.list_variables(p))), str(F.load_variable(p, 'a/weights').sum())]\n"
    "  s.run(tf.global_variables_initializer())\n  slim.assign_from_checkpoint_fn(p, slim.get_model_variables())(s)\n  out.append(str(s.run(slim.get_unique_variable('a/weights')).sum()))\n"
    "  s.run(tf.global_variables_initializer())\n  op, feed = slim.assign_from_checkpoint(p, {'a/weights': slim.get_unique_variable('a/weights')})\n  s.run(op, feed)\n  out.append(str(s.run(slim.get_unique_variable('a/weights')).sum()))\n"
    "  slim.fully_connected(x, 2, scope='b')\n  s.run(tf.global_variables_initializer())\n"
    "  slim.assign_from_checkpoint_fn(p, slim.get_model_variables(), ignore_missing_vars=True)(s)\n  out.append(str(s.run(slim.get_unique_variable('a/weights')).sum()))\n"
    "  out.append(str(slim.assign_from_checkpoint_fn(p, slim.get_model_variables('b'), ignore_missing_vars=True)))\n"
    "  try:\n    slim.assign_from_checkpoint(p, slim.get_model_variables())\n  except ValueError:\n    out.append('refused')\n"
    "  op, feed = slim.assign_from_checkpoint(p, slim.get_model_variables(), ignore_missing_vars=True)\n  s.run(op, feed)\n"
    "  F.init_from_checkpoint(p, {'a/': 'a/'})\n  s.run(tf.global_variables_initializer())\n  out.append(str(s.run(slim.get_unique_variable('a/weights')).sum()))\n"
    "  try:\n    slim.assign_from_checkpoint_fn(p, [])\n  except ValueError:\n    out.append('refused')",
    "out = [str(F.smart_constant_value(True)), str(F.smart_constant_value(tf.constant(False))), str(F.smart_constant_value(flag)), F.smart_cond(flag, lambda: x, lambda: x * 2), F.smart_cond(1, lambda: x, lambda: x * 2)]",
    "with tf.name_scope('n'):\n  out = [F.get_name_scope(), str(F.is_tensor(x)), str(F.is_tensor(1))]",
    "a = tf.add(x, 1, name='a')\nslim.utils.collect_named_outputs('c', 'first', a)\nslim.utils.collect_named_outputs(['c', 'd'], 'second/', tf.add(a, 1, name='b'))\n"
    "tf.add_to_collection('c', tf.add(a, 2, name='e'))\nd = slim.utils.convert_collection_to_dict('c', clear_collection=True)\nout = list(d) + list(d.values()) + [slim.utils.gather_tensors_aliases([a, x])]",
    "out = [str(slim.utils.last_dimension(im.get_shape(), min_rank=4)), str(slim.utils.channel_dimension(first.get_shape(), 'channels_first')), str(slim.utils.two_element_tuple(3)), str(slim.utils.two_element_tuple([3, 4])), str(slim.utils.n_positive_integers(3, 2)), str(slim.utils.constant_value(True)), str(slim.utils.constant_value(tf.constant(2.0)))]",
    "out = slim.utils.last_dimension(bare.get_shape())",
    "out = slim.utils.n_positive_integers(2, 0)",
    "out = [slim.utils.smart_cond(flag, lambda: x, lambda: x * 2), slim.utils.smart_cond(True, lambda: x, lambda: x * 2)]",
)
LABELS = "labels = tf.one_hot(tf.constant([0, 2]), 3)\n"
for loss in ("absolute_difference", "mean_squared_error", "softmax_cross_entropy", "sigmoid_cross_entropy"):
    add(
        "losses",
        LABELS + "out = slim.losses.%s(x, labels)" % loss,
        LABELS + "out = slim.losses.%s(x, labels, weights=0.5, scope='l')" % loss,
        LABELS + "out = slim.losses.%s(x, labels, weights=tf.constant([0.0, 2.0]))" % loss,
        LABELS + "out = slim.losses.%s(x, labels, weights=0)" % loss,
    )
add(
    "losses",
    LABELS + "out = slim.losses.softmax_cross_entropy(x, labels, label_smoothing=0.1)",
    LABELS + "out = slim.losses.sigmoid_cross_entropy(x, labels, label_smoothing=0.1)",
    LABELS + "out = slim.losses.mean_squared_error(x, labels, weights=tf.constant([[1.0, 0.0, 3.0], [0.0, 0.0, 1.0]]))",
    LABELS + "out = slim.losses.mean_squared_error(x, labels, weights=tf.constant([[1.0], [3.0]]))",
    LABELS + "out = slim.losses.log_loss(tf.sigmoid(x), labels)",
    LABELS + "out = slim.losses.hinge_loss(x, labels)",
    LABELS + "out = slim.losses.cosine_distance(tf.nn.l2_normalize(x, 1), labels, dim=1)",
    "out = slim.losses.sparse_softmax_cross_entropy(x, tf.constant([0, 2]))",
    "out = slim.losses.sparse_softmax_cross_entropy(x, tf.constant([[0], [2]]), weights=tf.constant([1.0, 0.0]))",
    LABELS
    + "slim.fully_connected(x, 4, weights_regularizer=slim.l2_regularizer(0.1))\nslim.losses.softmax_cross_entropy(x, labels)\n"
    "slim.losses.add_loss(tf.constant(1.0))\nout = [slim.losses.get_total_loss(), slim.losses.get_losses(), slim.losses.get_regularization_losses(),"
    " slim.losses.get_total_loss(add_regularization_losses=False, name='t')] #grad",
    LABELS + "out = slim.losses.compute_weighted_loss(x, 2.0)",
    LABELS + "out = slim.losses.mean_squared_error(x, labels)\nout = [out, slim.losses.get_losses('mean')]",
)
add(
    "slim summaries",
    "y = tf.reduce_sum(x, name='y')\nout = [slim.summaries.add_histogram_summary(x), slim.summaries.add_scalar_summary(y), slim.summaries.add_scalar_summary(y, 'n', 'p')]",
    "y = tf.reduce_sum(x, name='y')\nout = [slim.summaries.add_zero_fraction_summary(x), slim.summaries.add_zero_fraction_summary(x, 'n', 'p', print_summary=True)]",
    "y = tf.reduce_sum(x, name='y')\nout = [slim.summaries.add_image_summary(im), slim.summaries.add_image_summary(im, 'n', 'p', True)]",
    "y = tf.reduce_sum(x, name='y')\nout = [slim.summaries.add_histogram_summaries([x, y], 'h'), slim.summaries.add_image_summaries([im]),"
    " slim.summaries.add_scalar_summaries([y], 's'), slim.summaries.add_zero_fraction_summaries([x])]",
    "slim.fully_connected(x, 4)\nF.get_or_create_global_step()\nout = str(slim.model_analyzer.analyze_vars(tf.global_variables(), print_info=True))",
    "labels = tf.one_hot(tf.constant([0, 2]), 3)\nout = [tf.contrib.losses.log_loss(tf.sigmoid(x), labels) if hasattr(tf, 'contrib') else slim.losses.log_loss(tf.sigmoid(x), labels)]",
)
