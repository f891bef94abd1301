"""Names of TensorFlow that no signature can call."""

PYTHON_FUNCTIONS = frozenset({"py_func", "py_function", "numpy_function"})
NOT_SAVED = {
    "py_func": "tf.py_func runs Python code, which a SavedModel does not hold",
    "py_function": "tf.py_function runs Python code, which a SavedModel does not hold",
    "numpy_function": "tf.numpy_function runs Python code, which a SavedModel does not hold",
    "Print": "tf.Print is gone in TF2; use tf.print",
    "import_graph_def": "it imports a GraphDef",
    "train.import_meta_graph": "it imports a MetaGraph",
    "load_op_library": "it loads a custom op library",
}
STATEFUL_PREFIXES = ("FIFOQueue", "RandomShuffleQueue", "PaddingFIFOQueue", "queue.", "train.batch", "train.shuffle_batch",
                      "TFRecordReader", "WholeFileReader", "TextLineReader", "contrib.data", "metrics.",
                      "contrib.metrics", "data.")  # fmt: skip
