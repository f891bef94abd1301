"""Examples and their items, SavedModels by their files, matches: see recurrent_cases."""

import importlib
import os
import tempfile

import numpy as np
from recurrent_cases import case, values
from small_cases import WORDS, text


def example(tf, **features):
    def feature(value):
        if isinstance(value[0], bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=value))
        if isinstance(value[0], float):
            return tf.train.Feature(float_list=tf.train.FloatList(value=value))
        return tf.train.Feature(int64_list=tf.train.Int64List(value=value))

    found = {key.replace("__", "/"): feature(value) for key, value in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=found)).SerializeToString()


def picture():
    """Two rows of two colours, as PNG."""
    import struct
    import zlib

    rows = b"".join(b"\0" + bytes(row) for row in ([255, 0, 0, 0, 9, 7], [1, 2, 3, 40, 50, 60]))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) & 0xFFFFFFFF)

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


@case
def decoded_examples(tf, api):
    decoder = api.contrib.slim.tfexample_decoder
    table = api.contrib.lookup.index_table_from_tensor(WORDS)
    features = {
        "image/encoded": tf.FixedLenFeature((), tf.string, default_value=""),
        "image/format": tf.FixedLenFeature((), tf.string, default_value="png"),
        "size": tf.FixedLenFeature([1, 1], tf.int64),
        "box/ymin": tf.VarLenFeature(tf.float32),
        "box/xmin": tf.VarLenFeature(tf.float32),
        "box/ymax": tf.VarLenFeature(tf.float32),
        "box/xmax": tf.VarLenFeature(tf.float32),
        "words": tf.VarLenFeature(tf.string),
        "none": tf.VarLenFeature(tf.int64),
        "some": tf.VarLenFeature(tf.int64),
        "places": tf.VarLenFeature(tf.int64),
        "rows": tf.FixedLenFeature((), tf.int64),
        "columns": tf.FixedLenFeature((), tf.int64),
        "raw": tf.FixedLenFeature((), tf.string),
        "raw/format": tf.FixedLenFeature((), tf.string),
        "images": tf.VarLenFeature(tf.string),
    }
    handlers = {
        "image": decoder.Image(),
        "raw": decoder.Image("raw", "raw/format", shape=[1, 2, 3]),
        "float": decoder.Image(dtype=tf.float32, channels=1),
        "images": decoder.ItemHandlerCallback(["images"], lambda keys: tf.size(keys["images"].values)),
        "box": decoder.BoundingBox(["ymin", "xmin", "ymax", "xmax"], "box/"),
        "size": decoder.Tensor("size"),
        "shaped": decoder.Tensor("some", shape_keys=["rows", "columns"]),
        "fixed": decoder.Tensor("some", shape=[3, 2]),
        "words": decoder.LookupTensor("words", table),
        "text": decoder.Tensor("words", default_value="?"),
        "backup": decoder.BackupHandler(decoder.Tensor("none"), decoder.Tensor("some")),
        "first": decoder.BackupHandler(decoder.Tensor("some"), decoder.Tensor("none")),
        "sparse": decoder.SparseTensor("places", "some", shape=[9]),
        "dense": decoder.SparseTensor("places", "some", shape=[9], densify=True, default_value=-5),
    }
    one = decoder.TFExampleDecoder(features, handlers)
    written = example(
        tf,
        image__encoded=[picture()],
        size=[2],
        box__ymin=[0.1, 0.2],
        box__xmin=[0.3, 0.4],
        box__ymax=[0.5, 0.6],
        box__xmax=[0.7, 0.8],
        words=[b"lake", b"nobody"],
        some=[1, 2, 3, 4, 5, 6],
        places=[0, 2, 3, 5, 6, 8],
        rows=[2],
        columns=[3],
        raw=[bytes([1, 2, 3, 4, 5, 6])],
        raw__format=[b"raw"],
        images=[b"a", b"b"],
    )
    serialized = tf.placeholder(tf.string, [])
    outputs = dict(zip(one.list_items(), one.decode(serialized)))  # noqa: B905 - Python 3.7 has no strict
    outputs["again"] = one.decode(serialized, ["size", "box"])[1]
    outputs["sparse"] = outputs["sparse"].indices
    outputs["keys"] = text(tf, [handlers[key].keys for key in sorted(handlers)])
    data = api.contrib.slim.dataset.Dataset(["f"], tf.TFRecordReader, one, 3, {}, num_classes=2)
    outputs["dataset"] = text(tf, [data.data_sources, data.num_samples, data.num_classes, data.decoder is one])
    return outputs, {serialized: written}


@case
def matches(tf, api):
    match = api.contrib.image.bipartite_match
    distances = tf.placeholder(tf.float32, [None, None])
    ties = tf.constant(np.random.RandomState(3).randint(0, 4, (7, 5)).astype(np.float32))
    outputs = {
        "all": match(distances, -1),
        "some": match(distances, 3),
        "top": match(distances, [-1.0], top_k=2),
        "more": match(distances, 4.0, top_k=9, name="m"),
        "ties": match(ties, -1),
        "turned": match(tf.transpose(ties), [4.0]),
        "none": match(distances, 0),
        "static": text(tf, [str(each.shape) for each in match(ties, -1)]),
    }
    return outputs, {distances: values("distances", [6, 4])}


def saved(tf):
    place = os.path.join(tempfile.mkdtemp(), "model")  # noqa: PTH118 - TensorFlow 1 takes texts
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        y = tf.identity(tf.matmul(x, tf.get_variable("w", initializer=values("w", [2, 3]))), name="y")
        session.run(tf.global_variables_initializer())
        build = tf.saved_model.signature_def_utils.predict_signature_def
        signatures = {"serving_default": build({"x": x}, {"y": y}), "twice": build({"x": x}, {"z": y + y})}
        builder = tf.saved_model.builder.SavedModelBuilder(place)
        builder.add_meta_graph_and_variables(session, ["serve"], signatures)
        builder.save()
    return place


def refused(function):
    try:
        function()
    except (OSError, ValueError) as error:
        return "ValueError" if isinstance(error, ValueError) else "OSError"
    return "nothing"


@case
def predictors(tf, api):
    place, asked = saved(tf), values("asked", [3, 2])
    predictor = api.contrib.predictor
    one = predictor.from_saved_model(place)
    named = predictor.from_saved_model(place, input_names={"in": "x:0"}, output_names={"out": "y:0"}, tags="serve")
    outputs = {
        "y": one({"x": asked})["y"],
        "twice": predictor.from_saved_model(place, signature_def_key="twice")({"x": asked})["z"],
        "named": named({"in": asked})["out"],
        "tensors": text(tf, [sorted(one.feed_tensors), sorted(one.fetch_tensors), sorted(named.fetch_tensors)]),
        "refused": text(
            tf,
            [
                refused(lambda: one({"other": asked})),
                refused(lambda: predictor.from_saved_model(place, "twice", input_names={}, output_names={})),
                refused(lambda: predictor.from_saved_model(place, input_names={"in": "x:0"})),
            ],
        ),
    }
    return {key: tf.convert_to_tensor(each) for key, each in outputs.items()}, {}


@case
def files_of_models(tf, api):
    # It can be had by its path only.
    package = "tensorflow" if tf.__version__.startswith("1.") else "migrate.tf1"
    reader = importlib.import_module(package + ".contrib.saved_model.python.saved_model.reader")
    place = saved(tf)
    model = reader.read_saved_model(place)
    outputs = {
        "tags": text(tf, reader.get_saved_model_tag_sets(place)),
        "keys": text(tf, sorted(model.meta_graphs[0].signature_def)),
        "refused": text(tf, refused(lambda: reader.read_saved_model(place + "/none"))),
    }
    return outputs, {}


@case
def analyzed(tf, api):
    analyzer = api.contrib.tfprof.model_analyzer
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    tf.matmul(x, tf.get_variable("w", [3, 2]))
    options = dict(analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS, output="none")
    counted = analyzer.print_model_analysis(tf.get_default_graph(), tfprof_options=options)
    floats = analyzer.print_model_analysis(
        tf.get_default_graph(), tfprof_options=dict(analyzer.FLOAT_OPS_OPTIONS, output="none")
    )
    outputs = {
        "parameters": tf.constant(counted.total_parameters),
        "floats": tf.constant(floats.total_float_ops),
        "options": text(tf, sorted(analyzer.PRINT_ALL_TIMING_MEMORY.items())),
    }
    return outputs, {}


def nets(tf, name):
    package = "tensorflow" if tf.__version__.startswith("1.") else "migrate.tf1"
    return getattr(importlib.import_module(package + ".contrib.slim.nets"), name)


def residual(tf, api, name, **settings):
    slim, module = api.contrib.slim, nets(tf, name)
    make, block = getattr(module, name), getattr(module, name + "_block")
    images = tf.placeholder(tf.float32, [None, 33, 33, 3])
    blocks = [block("block1", 1, 2, 2), block("block2", 2, 1, 2)]
    with slim.arg_scope(module.resnet_arg_scope(weight_decay=0.01)):
        net, found = make(images, blocks, 5, is_training=False, scope="small", **settings)
    outputs = {"net": net, "losses": tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))}
    outputs["end"] = found["small/block2"]
    outputs["names"] = text(tf, [(key, each.name) for key, each in sorted(found.items())])
    outputs["updates"] = text(tf, [each.name for each in tf.get_collection(tf.GraphKeys.UPDATE_OPS)])
    return outputs, {images: values("images", [2, 33, 33, 3], 0.0, 0.3)}


@case
def resnet_v1(tf, api):
    return residual(tf, api, "resnet_v1")


@case
def resnet_v2(tf, api):
    return residual(tf, api, "resnet_v2", output_stride=8)


@case
def vgg(tf, api):
    """Its names and shapes; it is too large to be run here."""
    module = nets(tf, "vgg")
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, [2, 224, 224, 3])
        with api.contrib.slim.arg_scope(module.vgg_arg_scope()):
            net, found = module.vgg_19(images, 7, scope="mine")
        said = [net.name, net.shape.as_list(), sorted(found), module.vgg_16.default_image_size]
        said += [(each.name, each.shape.as_list()) for each in tf.global_variables()]
    return {"said": text(tf, said)}, {}
