"""`migrate.bridge.save`, each program in a process of its own: TensorFlow's modes are global."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from migrate.signatures import read_meta_graph
from tests.forked import run_forked

pytestmark = pytest.mark.tensorflow

ROOT = Path(__file__).parents[1]
PREDICT = "tensorflow/serving/predict"

EAGER = "import tensorflow.compat.v1 as tf1, tensorflow as tf"
BEHAVIOR = f"{EAGER}\ntf1.disable_v2_behavior()"
EXECUTION = f"{EAGER}\ntf1.disable_eager_execution()"

PRELUDE = """
import numpy as np
from migrate import bridge
graph = tf.Graph()
"""


@dataclass(frozen=True)
class Ran:
    """What a program left: its directory, and what it printed."""

    folder: Path
    out: str

    @property
    def model(self) -> Path:
        return self.folder / "model"

    def values(self, name: str = "want") -> dict[str, np.ndarray]:
        with np.load(self.folder / f"{name}.npz", allow_pickle=True) as data:
            return {key: data[key] for key in data.files}


@pytest.fixture
def program(tmp_path):
    """Runs a program in an empty directory; it saves to `model` and what the session answered to `want.npz`."""

    def run(body: str, mode: str = EAGER) -> Ran:
        code = f"{mode}\n{PRELUDE}\n{textwrap.dedent(body)}"
        (tmp_path / "program.py").write_text(code, "utf-8")
        env = {
            **{name: value for name, value in os.environ.items() if name not in ("TF2_BEHAVIOR", "PYTHONPATH")},
            "PYTHONPATH": str(ROOT),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        done = run_forked("program.py", [], tmp_path, env)
        assert done.returncode == 0, done.stderr[-4000:]
        return Ran(tmp_path, done.stdout)

    return run


def load(ran: Ran):
    import tensorflow as tf

    return tf.saved_model.load(str(ran.model))


def method_names(ran: Ran, tags=("serve",)) -> dict[str, str]:
    return {signature.key: signature.method_name for signature in read_meta_graph(ran.model, tags).signatures}


TRAINING = """
rng = np.random.RandomState(7)
data = rng.randn(32, 3).astype("f")
with graph.as_default():
    x = tf1.placeholder(tf.float32, [None, 3], name="x")
    labels = tf1.placeholder(tf.float32, [None, 1], name="labels")
    with tf1.variable_scope("layer"):
        w = tf1.get_variable("w", [3, 4], initializer=tf1.random_normal_initializer(seed=1), use_resource=False)
        b = tf1.get_variable("b", [4], initializer=tf1.zeros_initializer(), use_resource=True)
    v = tf1.get_variable("v", [4, 1], initializer=tf1.random_normal_initializer(seed=2))
    step = tf1.train.get_or_create_global_step()
    never = tf1.get_variable("never", [2])
    y = tf.matmul(tf.nn.relu(tf.matmul(x, w) + b), v, name="y")
    loss = tf.reduce_mean(tf.square(y - labels))
    train = tf1.train.AdamOptimizer(0.1).minimize(loss, global_step=step, var_list=[w, b, v])
    session = tf1.Session(graph=graph)
    session.run(tf1.variables_initializer([item for item in tf1.global_variables() if item is not never]))
    for _ in range(5):
        session.run(train, {x: data, labels: data[:, :1]})
    saver = tf1.train.Saver()
count = len(graph.get_operations())
want = session.run({"y": y, "step": step}, {x: data})
np.savez("want.npz", x=data, **want)
"""


# What converts there is Python as it is started for users, not one that has TensorFlow already.
COLD = f"{BEHAVIOR}\nimport sys\nsys.executable = {sys.executable!r}"


@pytest.mark.parametrize("mode", [EAGER, EXECUTION, COLD], ids=["eager", "no-eager-execution", "no-v2-behavior"])
def test_a_training_script_in_every_mode(program, mode):
    body = TRAINING + textwrap.dedent(
        """
        graph.finalize()
        with graph.as_default():
            inner = tf1.saved_model.build_tensor_info(x), tf1.saved_model.build_tensor_info(y)
            signatures = {
                "serving_default": tf1.saved_model.predict_signature_def({"features": x}, {"y": y}),
                "plain": {"inputs": {"x": x}, "outputs": {"y": y, "step": step, "w": w}, "method_name": ""},
                "scored": tf1.saved_model.build_signature_def(
                    {"inputs": inner[0]}, {"outputs": inner[1]}, "tensorflow/serving/regress"
                ),
            }
        eager = tf.executing_eagerly()
        path = bridge.save(session, "model", signatures, tags=["serve", "small"], verify=True)
        print(path == b"model/saved_model.pb", len(graph.get_operations()) == count, graph.finalized)
        print(tf.executing_eagerly() == eager, abs(session.run(y, {x: data}) - want["y"]).max() == 0)
        """
    )
    ran = program(body, mode)
    assert ran.out.split() == ["True"] * 5
    want = ran.values()
    assert method_names(ran, ("serve", "small")) == {
        "serving_default": PREDICT,
        "plain": "",
        "scored": "tensorflow/serving/regress",
    }
    import tensorflow as tf

    model = tf.saved_model.load(str(ran.model), tags=["serve", "small"])
    assert {variable.name for variable in model.variables} == {"layer/w:0", "layer/b:0", "v:0", "global_step:0"}
    assert {variable.name for variable in model.trainable_variables} == {"layer/w:0", "layer/b:0", "v:0"}
    plain = model.signatures["plain"](x=tf.constant(want["x"]))
    np.testing.assert_allclose(plain["y"], want["y"], rtol=1e-5, atol=1e-6)
    assert plain["step"] == want["step"] == 5
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model.signatures["serving_default"](features=tf.constant(want["x"]))["y"])
    assert all(np.abs(gradient).max() > 0 for gradient in tape.gradient(loss, list(model.trainable_variables)))


@pytest.mark.parametrize("mode", [EAGER, BEHAVIOR], ids=["eager", "no-v2-behavior"])
def test_as_simple_save_with_tables_and_assets(program, mode):
    ran = program(
        """
        import os, pathlib
        os.makedirs("a"), os.makedirs("b")
        pathlib.Path("a/vocabulary.txt").write_text("red\\ngreen\\n")
        pathlib.Path("b/vocabulary.txt").write_text("small\\nlarge\\nhuge\\n")
        with graph.as_default(), tf1.Session() as session:
            words = tf1.placeholder(tf.string, [None], name="words")
            ids = []
            for folder in "ab":
                table = tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(
                    folder + "/vocabulary.txt", tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
                    tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), -1)
                ids.append(table.lookup(words))
            numbers = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["red", "huge"], [5.0, 7.0]), 0.0)
            counts = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1) if tf.executing_eagerly() \
                else tf1.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
            session.run(tf1.tables_initializer())
            session.run(counts.insert(["red"], tf.constant([41], tf.int64)))
            outputs = {"colour": ids[0], "size": ids[1], "number": numbers.lookup(words), "count": counts.lookup(words)}
            given = ["red", "huge", "none"]
            np.savez("want.npz", **session.run(outputs, {words: given}))
            # No main_op: the session has its tables filled, so the model must.
            bridge.save(session, "model", inputs={"words": words}, outputs=outputs, verify=True)
        import shutil; shutil.rmtree("a"), shutil.rmtree("b")
        """,
        mode,
    )
    import tensorflow as tf

    got = load(ran).signatures["serving_default"](words=tf.constant(["red", "huge", "none"]))
    for name, value in ran.values().items():
        np.testing.assert_array_equal(got[name], value)
    assert sorted(path.name for path in (ran.model / "assets").iterdir()) == ["vocabulary.txt", "vocabulary.txt_1"]


def test_a_main_op_that_does_work_and_local_variables(program):
    ran = program(
        """
        with graph.as_default():
            x = tf1.placeholder(tf.float32, [], name="x")
            start = tf1.get_variable("start", initializer=2.0)
            local = tf1.get_variable("local", initializer=0.0, collections=[tf1.GraphKeys.LOCAL_VARIABLES])
            live = tf1.get_variable("live", initializer=1.0, collections=[tf1.GraphKeys.LOCAL_VARIABLES])
            main = tf.group(local.assign(start * 10.0))
            session = tf1.Session()
            session.run([start.initializer, live.assign(3.0).op])
            bridge.save(session, "model", inputs={"x": x}, outputs={"y": x + local + live}, legacy_init_op=main)
        """
    )
    import tensorflow as tf

    assert load(ran).signatures["serving_default"](x=tf.constant(1.0))["y"] == 24.0


def test_sparse_ragged_partitioned_and_names(program):
    ran = program(
        """
        with graph.as_default(), tf1.Session() as session:
            sparse = tf1.sparse_placeholder(tf.float32, [None, 4], name="sparse")
            parts = tf1.get_variable("parts", [4, 2], partitioner=tf1.fixed_size_partitioner(2),
                                     initializer=tf1.random_normal_initializer(seed=3))
            ragged = tf.RaggedTensor.from_row_splits(tf1.placeholder(tf.float32, [None]), tf1.placeholder(tf.int64, [None]))
            session.run(tf1.global_variables_initializer())
            product = tf.sparse.sparse_dense_matmul(sparse, tf.convert_to_tensor(parts))
            # A saver that knows the parts by other names must not mislead anybody.
            a, b = list(parts)
            tf1.train.Saver({"parts/part_0": b, "parts/part_1": a})
            value = tf1.SparseTensorValue([[0, 1], [1, 3]], [2.0, 5.0], [2, 4])
            np.savez("want.npz", product=session.run(product, {sparse: value}))
            bridge.save(session, "model", {
                "sparse": {"inputs": {"docs": sparse}, "outputs": {"product": product.name}},
                "ragged": {"inputs": {"r": ragged}, "outputs": {"r": ragged * 2.0}},
            }, verify=True)
        """
    )
    import tensorflow as tf

    model = load(ran)
    got = model.signatures["sparse"](
        docs_indices=tf.constant([[0, 1], [1, 3]], tf.int64),
        docs_values=tf.constant([2.0, 5.0]),
        docs_dense_shape=tf.constant([2, 4], tf.int64),
    )
    np.testing.assert_allclose(got["product"], ran.values()["product"], rtol=1e-6)
    doubled = model.signatures["ragged"](
        r_component_0=tf.constant([1.0, 2.0]), r_component_1=tf.constant([0, 2], tf.int64)
    )
    assert doubled["r_component_0"].numpy().tolist() == [2.0, 4.0]
    kinds = {info.key: info.kind for signature in read_meta_graph(ran.model).signatures for info in signature.inputs}
    assert kinds["docs"] != "dense"


def test_monitored_sessions_run_no_hooks(program):
    ran = program(
        """
        class Hook(tf1.train.SessionRunHook):
            runs = 0
            def before_run(self, context):
                Hook.runs += 1
        with graph.as_default():
            x = tf1.placeholder(tf.float32, [], name="x")
            y = x * tf1.get_variable("w", initializer=3.0)
            for make in (tf1.train.MonitoredTrainingSession, tf1.train.SingularMonitoredSession):
                with make(hooks=[Hook()]) as session:
                    bridge.save(session, "model", inputs={"x": x}, outputs={"y": y}, overwrite=True)
                    print(Hook.runs, graph.finalized)
        try:
            bridge.save(session, "other", inputs={"x": x}, outputs={"y": y})
        except bridge.BridgeError as error:
            print(error)
        """
    )
    import tensorflow as tf

    assert ran.out.splitlines() == ["0 True", "0 True", "the session is closed; save it before"]
    assert load(ran).signatures["serving_default"](x=tf.constant(2.0))["y"] == 6.0


def test_a_variable_that_is_read_nowhere(program):
    """As in a graph that was imported: the one case in which something is added, to a finalized graph as well."""
    ran = program(
        """
        with graph.as_default():
            handle = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[4, 2], shared_name="table", name="handle")
            setting = tf.raw_ops.AssignVariableOp(resource=handle, value=np.arange(8.0).reshape(4, 2).astype("f"))
            ids = tf1.placeholder(tf.int32, [None], name="ids")
            rows = tf.raw_ops.ResourceGather(resource=handle, indices=ids, dtype=tf.float32)
        graph.finalize()
        session = tf1.Session(graph=graph)
        session.run(setting)
        bridge.save(session, "model", inputs={"ids": ids}, outputs={"rows": rows})
        print(graph.finalized)
        """
    )
    import tensorflow as tf

    assert ran.out.split() == ["True"]
    model = load(ran)
    assert [variable.name for variable in model.trainable_variables] == ["table:0"]
    assert model.signatures["serving_default"](ids=tf.constant([3]))["rows"].numpy().tolist() == [[6.0, 7.0]]


def test_values_in_several_shards_and_of_every_kind(program):
    ran = program(
        """
        import migrate.bridge.values as values
        values._GROUP_BYTES = 100
        with graph.as_default(), tf1.Session() as session:
            sums = {}
            for number, dtype in enumerate([tf.float32, tf.float64, tf.half, tf.bfloat16, tf.int64, tf.int8, tf.bool,
                                            tf.complex64, tf.string]):
                for shape in ([], [3], [0, 2], [64]):
                    start = np.full(shape, b"a\\0b" if dtype == tf.string else 1, object if dtype == tf.string else None)
                    value = tf.constant(start, tf.string) if dtype == tf.string else tf.cast(tf.constant(start), dtype)
                    variable = tf1.get_variable(f"v{number}_{len(sums)}", initializer=value, use_resource=number % 2 == 0)
                    sums[variable.op.name] = tf.identity(variable)
            session.run(tf1.global_variables_initializer())
            bridge.save(session, "model", {"all": {"outputs": sums}}, verify=True)
        """
    )
    got = load(ran).signatures["all"]()
    assert len(got) == 36
    assert got["v8_32"].numpy() == b"a\0b"
    assert got["v3_15"].dtype.name == "bfloat16" and float(got["v3_15"][63]) == 1


def test_what_only_training_needs_does_not_matter_and_saving_again_adds_nothing(program):
    ran = program(
        """
        with graph.as_default(), tf1.device("/cpu:0"), tf1.Session() as session:
            batches = tf1.data.make_one_shot_iterator(tf1.data.Dataset.from_tensors([[1.0, 2.0]]).repeat())
            noise = tf1.py_func(lambda: np.float32(0.5), [], tf.float32)
            queue = tf1.FIFOQueue(2, tf.float32)
            x = tf1.placeholder_with_default(batches.get_next() + noise, [None, 2], name="x")
            w = tf1.get_variable("w", [2, 1], initializer=tf1.ones_initializer())
            y = tf1.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * 2.0), [0, tf.matmul(x, w)])[1]
            train = tf1.train.MomentumOptimizer(0.01, 0.9).minimize(tf.reduce_sum(y))
            tf1.train.Saver()
            session.run(tf1.global_variables_initializer())
            count = len(graph.get_operations())
            for step in range(2):
                session.run(train)
                bridge.save(session, f"step-{step}", inputs={"x": x}, outputs={"y": y})
                np.savez(f"{step}.npz", y=session.run(y, {x: [[3.0, 4.0]]}))
            print(len(graph.get_operations()) == count)
        """
    )
    import tensorflow as tf

    assert ran.out.split() == ["True"]
    for step in range(2):
        model = tf.saved_model.load(str(ran.folder / f"step-{step}"))
        got = model.signatures["serving_default"](x=tf.constant([[3.0, 4.0]]))["y"]
        np.testing.assert_allclose(got, ran.values(str(step))["y"], rtol=1e-6)
        assert [variable.name for variable in model.variables] == ["w:0"]


ERRORS = """
import os
def fails(*args, **options):
    try:
        bridge.save(*args, **options)
    except bridge.BridgeError as error:
        print(str(error).replace(os.getcwd(), ""))
with graph.as_default():
    x = tf1.placeholder(tf.float32, [None], name="x")
    w = tf1.get_variable("w", initializer=3.0)
    lost = tf1.get_variable("lost", initializer=3.0)
    called = tf1.py_func(lambda value: value, [x], tf.float32, name="called")
session = tf1.Session(graph=graph)
session.run(w.initializer)
y = graph.as_graph_element(w)
os.makedirs("full/sub")
fails(session, "full", inputs={"x": x}, outputs={"y": y})
fails(session, "new", inputs={"x": x}, outputs={"y": lost})
fails(session, "new", inputs={"x": x}, outputs={"y": called})
fails(session, "new")
fails(session, "new", {"a": 3})
fails(session, "new", {"a": {"inputs": {"x": "nothing:0"}, "outputs": {"y": y}}})
fails(session, "new", {"__saved_model_init_op": {"outputs": {"y": y}}})
fails("session", "new", inputs={"x": x}, outputs={"y": y})
with tf.Graph().as_default():
    other = tf.constant(1.0)
fails(session, "new", inputs={"x": x}, outputs={"y": other})
print(sorted(os.listdir()))
"""


@pytest.mark.parametrize("mode", [EAGER, BEHAVIOR], ids=["eager", "no-v2-behavior"])
def test_errors_say_what_is_wrong_and_leave_nothing_behind(program, mode):
    lines = program(ERRORS, mode).out.splitlines()
    starts = [
        "full: the export directory exists already and is not empty",
        "variable lost has no value in this session, and a signature uses it",
        "the session's graph: node called (PyFunc",
        "there is no signature to save",
        "signature a: expected a SignatureDef",
        "signature a: input x: 'nothing:0' is nothing that the session's graph has",
        "the key __saved_model_init_op is TensorFlow's own",
        "expected a tf.compat.v1.Session, not str",
        "signature serving_default: output y: ",
        "['full', 'program.py']",
    ]
    assert len(lines) == len(starts), lines
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(start), line


def test_the_directory_as_tf1_has_it(program):
    """An empty directory is taken, a full one is an AssertionError, a path may be bytes, or somewhere else."""
    ran = program(
        """
        import os, pathlib
        os.makedirs("model")
        with graph.as_default(), tf1.Session() as session:
            x = tf1.placeholder(tf.float32, [], name="x")
            y = x + 1.0
            print(bridge.save(session, pathlib.Path("model"), inputs={"x": x}, outputs={"y": y}))
            try:
                bridge.save(session, b"model/", inputs={"x": x}, outputs={"y": y})
            except AssertionError as error:
                print(type(error).__name__)
            print(bridge.save(session, b"model/", inputs={"x": x}, outputs={"y": y * 2.0}, overwrite=True, tags="serve"))
            print(bridge.save(session, "ram://far/model", inputs={"x": x}, outputs={"y": y}))
        far = tf.saved_model.load("ram://far/model")
        print(float(far.signatures["serving_default"](x=tf.constant(4.0))["y"]))
        """
    )
    import tensorflow as tf

    assert ran.out.splitlines() == [
        "b'model/saved_model.pb'",
        "ExportDirectoryError",
        "b'model/saved_model.pb'",
        "b'ram://far/model/saved_model.pb'",
        "5.0",
    ]
    assert load(ran).signatures["serving_default"](x=tf.constant(4.0))["y"] == 10.0
    assert sorted(path.name for path in ran.folder.iterdir()) == ["model", "program.py"]


def test_importing_it_imports_nothing():
    code = "import sys, migrate.bridge; print(*({'tensorflow', 'numpy', 'google', 'networkx'} & set(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.split() == []


@pytest.mark.oracle
def test_tf1_gets_an_error_it_can_read():
    python = os.environ.get("TF1_PYTHON")
    if not python:
        pytest.skip("no TF1_PYTHON")
    code = (
        "import migrate.bridge\n"
        "try:\n    migrate.bridge.save(None, 'x')\n"
        "except migrate.bridge.BridgeError as error:\n    print(error)\n"
    )
    env = {**{k: v for k, v in os.environ.items() if k != "TF2_BEHAVIOR"}, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.startswith("migrate.bridge needs TensorFlow 2.16 or later, and this is 1.15")


def test_op_libraries_are_found_among_what_is_mapped(tmp_path):
    from migrate.bridge.libraries import loaded_op_libraries

    files = {
        "ops.so": b"ELF libtensorflow_framework.so.2 OpDefBuilder",
        "kernels.so": b"ELF libtensorflow_framework.so.2",
        "other.so": b"ELF OpDefBuilder",
        "gone.so": None,
        "with space.so.1": b"libtensorflow_framework TF_RegisterOpDefinition",
    }
    for name, data in files.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
    lines = [f"7f00-7f01 r-xp 00000000 00:00 1   {tmp_path / name}" for name in files]
    (tmp_path / "maps").write_text("\n".join([*lines, "7f02-7f03 rw-p 00000000 00:00 0", *lines]) + "\n")
    assert loaded_op_libraries(tmp_path / "maps") == (str(tmp_path / "ops.so"), str(tmp_path / "with space.so.1"))
    assert loaded_op_libraries(tmp_path / "nowhere") == ()
