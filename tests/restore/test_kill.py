"""`tf-migrate restore` and `--undo` are killed at random moments, and the model is always the old one or the new one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from migrate import protos
from migrate.cli.main import main
from migrate.restore.undo_file import NAME as UNDO
from migrate.signatures.proto import new_message

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tensorflow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no SIGKILL here"),
]

KILLS = 50
RESTORE = ("--classify", "serving_default")
UNDO_IT = ("--undo",)
_FLOATS = 6_250_000  # 25 MB
_HASHES = (
    "saved_model_checksum",
    "graph_def_program_hash",
    "signature_def_hash",
    "saved_object_graph_hash",
    "checkpoint_hash",
)


@dataclass(frozen=True)
class Model:
    """A model on the disk, and what it may be.

    Attributes:
        directory: Where it is.
        contents: `saved_model.pb` before and after the change.
        hashes: What TensorFlow puts into fingerprint.pb for each of them.
    """

    directory: Path
    contents: tuple[bytes, bytes]
    hashes: tuple[dict[str, int], dict[str, int]]

    @property
    def state(self) -> int:
        """0 where its file is the old one, 1 where it is the new one."""
        return self.contents.index((self.directory / "saved_model.pb").read_bytes())

    @property
    def names(self) -> set[str]:
        """What lies in the directory."""
        return {path.name for path in self.directory.iterdir()}

    def written_hashes(self) -> dict[str, int] | None:
        """What fingerprint.pb says; None where there is none."""
        file = self.directory / "fingerprint.pb"
        return hashes_of(file.read_bytes()) if file.exists() else None

    def check(self, names: set[str], state: int) -> None:
        """Whether a run that came to its end has left nothing but the model, its fingerprint and the undo file."""
        assert self.state == state
        assert self.written_hashes() == self.hashes[state]
        assert self.names == (names | {UNDO} if state else names)


def hashes_of(data: bytes) -> dict[str, int]:
    fingerprint = new_message("FingerprintDef")
    fingerprint.ParseFromString(data)
    return {name: getattr(fingerprint, name) for name in _HASHES}


def tensorflow_fingerprint(directory: Path) -> bytes:
    from tensorflow.python.saved_model.pywrap_saved_model import fingerprinting

    return fingerprinting.CreateFingerprintDef(str(directory))


def save_large(directory: Path) -> None:
    """A classifier that TensorFlow saves, with 50 MB of constants in its graph."""
    import tensorflow as tf

    class Classifier(tf.Module):
        def __init__(self):
            super().__init__()
            self.weights = tf.Variable([[1.0, -1.0], [0.5, 2.0]])

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def serve(self, inputs):
            parsed = tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([2], tf.float32)})
            return {"scores": tf.nn.softmax(parsed["x"] @ self.weights)}

    module = Classifier()
    tf.saved_model.save(module, str(directory), signatures={"serving_default": module.serve})
    file = directory / "saved_model.pb"
    model = protos.saved_model()
    model.ParseFromString(file.read_bytes())
    values = np.random.default_rng(5)
    for i in range(2):
        node = model.meta_graphs[0].graph_def.node.add(name=f"large_{i}", op="Const")
        node.attr["dtype"].type = 1
        tensor = node.attr["value"].tensor
        tensor.dtype = 1
        tensor.tensor_shape.dim.add(size=_FLOATS)
        tensor.tensor_content = values.random(_FLOATS, dtype=np.float32).tobytes()
    file.write_bytes(model.SerializeToString(deterministic=True))
    (directory / "fingerprint.pb").write_bytes(tensorflow_fingerprint(directory))


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Model:
    directory = tmp_path_factory.mktemp("kill") / "model"
    save_large(directory)
    file = directory / "saved_model.pb"
    contents, hashes = [], []
    for options in (RESTORE, UNDO_IT):
        contents.append(file.read_bytes())
        hashes.append(hashes_of(tensorflow_fingerprint(directory)))
        assert main(["restore", str(directory), *options]) == 0
    assert contents[0] != contents[1]
    assert file.read_bytes() == contents[0]
    return Model(directory, (contents[0], contents[1]), (hashes[0], hashes[1]))


def started(model: Model, options: tuple[str, ...]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "migrate", "restore", str(model.directory), *options]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(Path(main.__code__.co_filename).parents[2])
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_write(model: Model, process: subprocess.Popen[bytes]) -> None:
    """Until a run writes its first file, or ends."""
    before = model.names
    while process.poll() is None and model.names == before:
        time.sleep(0.0005)


def durations(model: Model, options: tuple[str, ...]) -> tuple[float, float]:
    """Seconds from the start of a run to its end, and from its first write to its end."""
    start = time.monotonic()
    process = started(model, options)
    wait_for_write(model, process)
    written = time.monotonic()
    assert process.wait() == 0
    end = time.monotonic()
    return end - start, end - written


def test_a_killed_restore_leaves_the_old_model_or_the_new_one(model, capsys):
    import tensorflow as tf

    chance = random.Random(4)
    names = model.names
    model.check(names, 0)
    # The shortest of three: on a busy machine the others would have the kills come too late.
    runs = [(options, durations(model, options)) for _ in range(3) for options in (RESTORE, UNDO_IT)]
    measured = {options: min(times for kind, times in runs if kind is options) for options in (RESTORE, UNDO_IT)}
    begins = 0
    killed = within = changed = 0
    # On an idle machine nearly all hit a running process, and half of them its writing. Where that took another time than
    # when it was measured, there are more of them.
    for kill in range(10 * KILLS):
        if kill >= KILLS and killed > KILLS * 0.2 and within > KILLS * 0.1:
            break
        options = (RESTORE, UNDO_IT)[begins]
        before = model.names
        whole, writing = measured[options]
        process = started(model, options)
        # Half of them anywhere in the run, half of them where it writes, which is its shorter part.
        if kill % 4 < 2:
            time.sleep(chance.uniform(0, whole))
        else:
            wait_for_write(model, process)
            time.sleep(chance.uniform(0, writing))
        process.kill()
        was_killed = process.wait() < 0

        state = model.state  # fails where the content is neither
        said = model.written_hashes()
        assert said is None or said == model.hashes[state]
        at_start = state == begins and model.names == before
        at_end = state != begins and model.names == (names if begins else names | {UNDO})
        killed += was_killed
        within += was_killed and not at_start and not at_end
        changed += was_killed and state != begins

        # Any next run mends it, also one that has nothing to do; and it decides what is killed next.
        mend = chance.choice((RESTORE, UNDO_IT))
        nothing_to_undo = mend is UNDO_IT and state == 0
        assert main(["restore", str(model.directory), *mend]) == (2 if nothing_to_undo else 0), capsys.readouterr().err
        begins = 1 if mend is RESTORE else 0
        model.check(names, begins)
    with capsys.disabled():
        print(f"\n{kill} kills: {killed} hit a running process, {within} between the first write and the last rename,")
        print(f"{changed} of them after the model had changed; a whole run takes {measured[RESTORE][0]:.2f} s")
    assert killed > KILLS * 0.2
    assert within > KILLS * 0.1

    if begins:
        assert main(["restore", str(model.directory), *UNDO_IT]) == 0
    for options, method_name in (((), "predict"), (RESTORE, "classify")):
        if options:
            assert main(["restore", str(model.directory), *options]) == 0
        assert list(tf.saved_model.load(str(model.directory)).signatures) == ["serving_default"]
        with tf.compat.v1.Session(graph=tf.Graph()) as session:
            meta_graph = tf.compat.v1.saved_model.load(session, ["serve"], str(model.directory))
        assert meta_graph.signature_def["serving_default"].method_name == f"tensorflow/serving/{method_name}"
