"""New text for names that ended with TensorFlow 1."""

from __future__ import annotations

from textwrap import dedent

import pytest

from migrate.source.tf1.text import with_tf1


def moved(code: str) -> str:
    after = with_tf1(code)
    compile(after, "after.py", "exec")
    assert with_tf1(after) == after
    return after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import tensorflow.contrib.slim as slim\nslim.conv2d", "import migrate.tf1.contrib.slim as slim\nslim.conv2d"),
        (
            "import tensorflow as tf\nslim = tf.contrib.slim\nslim.initializers.xavier_initializer()\n",
            "import tensorflow as tf\nfrom migrate import tf1\nslim = tf1.contrib.slim\n"
            "slim.initializers.xavier_initializer()\n",
        ),
        ("import os, tensorflow.contrib.rnn as r, re\n", "import os, migrate.tf1.contrib.rnn as r, re\n"),
        ("from tensorflow.contrib import slim, rnn\n", "from migrate.tf1.contrib import slim, rnn\n"),
        ("from tensorflow import layers as L\n", "from migrate.tf1 import layers as L\n"),
        ("from tensorflow import contrib\n", "from migrate.tf1 import contrib\n"),
        (
            "from tensorflow.contrib.layers import (  # layers\n    flatten,\n    conv2d as c)\n",
            "from migrate.tf1.contrib.layers import (  # layers\n    flatten,\n    conv2d as c)\n",
        ),
        (
            "from tensorflow.contrib import slim, gan as g\n",
            "from migrate.tf1.contrib import slim\nfrom tensorflow.contrib import gan as g\n",
        ),
        (
            "import os; from tensorflow.contrib import slim, gan\n",
            "import os; from migrate.tf1.contrib import slim; from tensorflow.contrib import gan\n",
        ),
        (
            "try:\n    from tensorflow.contrib import slim, gan\nexcept ImportError:\n    slim = None\n",
            "try:\n    from migrate.tf1.contrib import slim\n    from tensorflow.contrib import gan\n"
            "except ImportError:\n    slim = None\n",
        ),
        # By private ways, where they name the same objects.
        (
            "from tensorflow.contrib.layers.python.layers import layers as L\nL.conv2d(L.flatten(x))\n",
            "from migrate.tf1.contrib import layers as L\nL.conv2d(L.flatten(x))\n",
        ),
        (
            "from tensorflow.contrib.layers.python.layers.layers import batch_norm as norm\n",
            "from migrate.tf1.contrib.layers import batch_norm as norm\n",
        ),
        (
            "from tensorflow.contrib.layers.python.layers import utils\n",
            "from migrate.tf1.contrib.slim import utils\n",
        ),
        (
            "from tensorflow.python.layers import core as layers_core\nlayers_core.Dense(3)\n",
            "from migrate.tf1 import layers as layers_core\nlayers_core.Dense(3)\n",
        ),
        (
            "from tensorflow.python.ops.rnn_cell import LSTMCell\n",
            "from migrate.tf1.nn.rnn_cell import LSTMCell\n",
        ),
        # TF2 has them by another name.
        ("from tensorflow.contrib.framework import TensorSpec\n", "from tensorflow import TensorSpec\n"),
    ],
)  # fmt: skip
def test_imports(before: str, after: str):
    assert moved(before) == after


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    import tensorflow.contrib.slim as slim\nexcept ImportError:\n    import tf_slim as slim\nslim.conv2d(x)\n",
        "import tensorflow as tf\ntry:\n    slim = tf.contrib.slim\nexcept AttributeError:\n    import tf_slim as slim\n",
        "from tensorflow.contrib import slim\nslim.conv2d(x)\nslim.nothing.more(x)\n",
        "from tensorflow.contrib import slim\nother = slim\nother.nothing(x)\n",
        "import tensorflow as tf\nslim = tf.contrib.slim\nslim.nothing(x)\n",
        "from tensorflow.contrib.gan import gan_loss\n",
        "from tensorflow.contrib.slim import *\n",
        "from tensorflow.contrib.layers.python.layers import initializers\ninitializers.nothing\n",
        "from tensorflow.python.ops import rnn_cell_impl\nrnn_cell_impl._Linear\n",
        "from tensorflow.keras import layers\nlayers.Dense(3)\n",
        "import tensorflow as tf\ntf.keras.layers.Dense(3)\ntf.layers.Nothing()\n",
        "def f(tf):\n    return tf.layers.dense\n",
        "import tensorflow as tf\nx = f'{tf.layers.dense}'\n",
        "import tensorflow as tf\ny = tf.layers.dense(x)  # tf-migrate: skip\n",
    ],
)
def test_what_stays(code: str):
    assert with_tf1(code) == code


def test_dotted_names():
    code = """\
        import tensorflow as tf
        import numpy as np
        slim = tf.contrib.slim  # short
        arg_scope = tf.contrib.framework.arg_scope


        class Cell(tf.nn.rnn_cell.BasicLSTMCell):
            @tf.contrib.framework.add_arg_scope
            def call(self, x=tf.contrib.layers.flatten, *, y: tf.layers.Layer = None):
                with slim.arg_scope([slim.conv2d], padding='SAME'):
                    return (tf.contrib
                            .layers  # here
                            .conv2d)(x), tf.contrib.layers.nothing, tf.contrib.framework.nest.flatten(y)
        """
    assert moved(dedent(code)) == dedent("""\
        import tensorflow as tf
        import numpy as np
        from migrate import tf1
        slim = tf1.contrib.slim  # short
        arg_scope = tf1.contrib.framework.arg_scope


        class Cell(tf1.nn.rnn_cell.BasicLSTMCell):
            @tf1.contrib.framework.add_arg_scope
            def call(self, x=tf1.contrib.layers.flatten, *, y: tf1.layers.Layer = None):
                with slim.arg_scope([slim.conv2d], padding='SAME'):
                    return (tf1.contrib.layers.conv2d)(x), tf.contrib.layers.nothing, tf.nest.flatten(y)
        """)


@pytest.mark.parametrize(
    ("imported", "spelled"),
    [("tensorflow", "tf.compat.v1.nn.static_rnn"), ("tensorflow.compat.v1", "tf.nn.static_rnn")],
)
def test_names_that_only_changed(imported: str, spelled: str):
    code = f"import {imported} as tf\ny = tf.contrib.rnn.static_rnn(x)\n"
    assert moved(code) == f"import {imported} as tf\ny = {spelled}(x)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A name that is not taken.
        (
            "import tensorflow as tf\ndef f(tf1): return tf.layers.dense\n",
            "import tensorflow as tf\nfrom migrate import tf1 as migrate_tf1\ndef f(tf1): return migrate_tf1.layers.dense\n",
        ),
        (
            "import tensorflow as tf\nimport migrate.tf1 as old\ntf.layers.dense\n",
            "import tensorflow as tf\nimport migrate.tf1 as old\nold.layers.dense\n",
        ),
        (
            "import tensorflow as tf\ntf.compat.v1.layers.dense.__name__\n",
            "import tensorflow as tf\nfrom migrate import tf1\ntf1.layers.dense.__name__\n",
        ),
        # Beside the bridge.
        (
            "import tensorflow as tf\nfrom migrate import bridge\n\ntf.layers.dense\n",
            "import tensorflow as tf\nfrom migrate import bridge, tf1\n\ntf1.layers.dense\n",
        ),
        (
            "import tensorflow as tf\nx = tf.layers.dense\nfrom migrate import bridge\n",
            "import tensorflow as tf\nfrom migrate import tf1\nx = tf1.layers.dense\nfrom migrate import bridge\n",
        ),
        # Where TensorFlow is imported.
        (
            "def f():\n\tif 1:\n\t\timport tensorflow as tf\n\treturn tf.layers.dense\n",
            "def f():\n\tif 1:\n\t\timport tensorflow as tf\n\tfrom migrate import tf1\n\treturn tf1.layers.dense\n",
        ),
        (
            "try:\n    import tensorflow as tf\nexcept ImportError:\n    tf = None\nx = tf.layers.dense",
            "try:\n    import tensorflow as tf\nexcept ImportError:\n    tf = None\nfrom migrate import tf1\nx = tf1.layers.dense",
        ),
        (
            '"""Doc."""\r\nimport os; import tensorflow as tf\r\ntf.layers.dense\r\n',
            '"""Doc."""\r\nfrom migrate import tf1\r\nimport os; import tensorflow as tf\r\ntf1.layers.dense\r\n',
        ),
        (
            "import tensorflow as tf",
            "import tensorflow as tf",
        ),
        (
            "import tensorflow\nimport tensorflow.contrib.slim\ntensorflow.contrib.slim.conv2d(é)\n",
            "import tensorflow\nimport tensorflow\nfrom migrate import tf1\ntf1.contrib.slim.conv2d(é)\n",
        ),
    ],
)  # fmt: skip
def test_the_import_of_the_package(before: str, after: str):
    assert moved(before) == after


def test_columns_are_bytes():
    code = "import tensorflow as tf\nx = 'ü', tf.layers.dense, 'ß', tf.layers.flatten\n"
    assert moved(code).splitlines()[2] == "x = 'ü', tf1.layers.dense, 'ß', tf1.layers.flatten"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # What is public is spelled so, by the name that TensorFlow has there.
        (
            "import tensorflow as tf\nfrom tensorflow.python.ops import array_ops\narray_ops.unstack(array_ops.shape(x))\n",
            "import tensorflow as tf\nfrom tensorflow.python.ops import array_ops\ntf.unstack(array_ops.shape(x))\n",
        ),
        (
            "import tensorflow.compat.v1 as tf\nfrom tensorflow.python.ops import control_flow_ops as flow\nflow.cond(a, b, c)\n",
            "import tensorflow.compat.v1 as tf\ntf.cond(a, b, c)\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.python.ops import control_flow_ops\ncontrol_flow_ops.cond(a, b, c)\n",
            "import tensorflow as tf\ntf.compat.v1.cond(a, b, c)\n",
        ),
        (
            "import tensorflow\nisinstance(x, tensorflow.python.framework.ops.Tensor)\n",
            "import tensorflow\nisinstance(x, tensorflow.compat.v1.Tensor)\n",
        ),
        (
            "from tensorflow.python.framework.ops import Tensor, Graph\nTensor, Graph\n",
            "from tensorflow.compat.v1 import Tensor\nfrom tensorflow.python.framework.ops import Graph\nTensor, Graph\n",
        ),
        (
            "from tensorflow.python.pywrap_tensorflow import NewCheckpointReader as read\nread(p)\n",
            "from tensorflow.compat.v1.train import NewCheckpointReader as read\nread(p)\n",
        ),
        # No name for TensorFlow is seen there, or another thing has it.
        (
            "from tensorflow.python.ops import array_ops\narray_ops.unstack(x)\n",
            "from tensorflow.python.ops import array_ops\narray_ops.unstack(x)\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.python.ops import array_ops\ndef f(tf): array_ops.unstack(tf)\n",
            "import tensorflow as tf\nfrom tensorflow.python.ops import array_ops\ndef f(tf): array_ops.unstack(tf)\n",
        ),
    ],
)  # fmt: skip
def test_what_private_modules_have_no_longer(before: str, after: str):
    assert moved(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import tensorflow as tf\ntf.contrib.data.map_and_batch(f, 3)\n",
            "import tensorflow as tf\ntf.data.experimental.map_and_batch(f, 3)\n",
        ),
        (
            "from tensorflow.contrib import data\ndata.shuffle_and_repeat(3)\n",
            "from tensorflow.data import experimental as data\ndata.shuffle_and_repeat(3)\n",
        ),
        (
            "from tensorflow.contrib.image.python.ops import image_ops\nimage_ops.bipartite_match(x, 3)\n",
            "from migrate.tf1.contrib import image as image_ops\nimage_ops.bipartite_match(x, 3)\n",
        ),
        (
            "from tensorflow.contrib.saved_model.python.saved_model import reader\nreader.read_saved_model(x)\n",
            "from migrate.tf1.contrib.saved_model.python.saved_model import reader\nreader.read_saved_model(x)\n",
        ),
        (
            "import tensorflow as tf\nd = tf.contrib.slim.tfexample_decoder\nclass A(d.ItemHandler): pass\n",
            "import tensorflow as tf\nfrom migrate import tf1\nd = tf1.contrib.slim.tfexample_decoder\nclass A(d.ItemHandler): pass\n",
        ),
        (
            "from tensorflow.contrib.slim.nets import resnet_v1 as r\nr.resnet_v1_50(x)\n",
            "from migrate.tf1.contrib.slim.nets import resnet_v1 as r\nr.resnet_v1_50(x)\n",
        ),
        (
            "from tensorflow.contrib.slim.python.slim.nets import vgg\nvgg.vgg_16(x)\n",
            "from migrate.tf1.contrib.slim.nets import vgg\nvgg.vgg_16(x)\n",
        ),
        (
            "import tensorflow.contrib.slim.nets as nets\nwith s(nets.resnet_v2.resnet_arg_scope()): nets.resnet_v2.resnet_v2_50(x)\n",
            "import migrate.tf1.contrib.slim.nets as nets\nwith s(nets.resnet_v2.resnet_arg_scope()): nets.resnet_v2.resnet_v2_50(x)\n",
        ),
        (
            "import tensorflow.contrib.slim.nets as nets\nnets.vgg.vgg_16(x); nets.inception.inception_v3(x)\n",
            "import tensorflow.contrib.slim.nets as nets\nnets.vgg.vgg_16(x); nets.inception.inception_v3(x)\n",
        ),
        (
            "from tensorflow.contrib.learn.python.learn.datasets.mnist import read_data_sets\nread_data_sets('d')\n",
            "from migrate.tf1.contrib.learn.datasets.mnist import read_data_sets\nread_data_sets('d')\n",
        ),
    ],
)  # fmt: skip
def test_readers_and_data(before: str, after: str):
    assert moved(before) == after
