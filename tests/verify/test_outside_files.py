import numpy as np
import pytest
from zoo import PREDICT, save_v1

from migrate.verify import Status, verify_models

pytestmark = pytest.mark.tensorflow


def model(tf, path, words, *, as_asset: bool):
    def build(v1):
        x = v1.placeholder(tf.string, [None], name="x")
        name = tf.constant(str(words))
        table = v1.lookup.StaticHashTable(v1.lookup.TextFileInitializer(name, tf.string, -2, tf.int64, -1), -1)
        if not as_asset:  # The initializer has filed its name.
            tf.compat.v1.get_default_graph().clear_collection(v1.GraphKeys.ASSET_FILEPATHS)
        return {
            "lookup": (PREDICT, {"x": x}, {"y": table.lookup(x)}),
            "length": (PREDICT, {"x": x}, {"y": tf.strings.length(x)}),
        }

    return save_v1(tf, path, build)


@pytest.fixture
def models(tf, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("red\ngreen\n")
    return model(tf, tmp_path / "a", words, as_asset=True), model(tf, tmp_path / "b", words, as_asset=False), words


def test_a_file_that_is_no_asset_is_not_proved(models):
    whole, bare, words = models
    comparison = verify_models(whole, bare)
    by_key = {found.key: found for found in comparison.signatures}
    assert by_key["lookup"].status is Status.NOT_PROVED
    assert f"the second model reads {str(words)!r}, which is not among its assets" in by_key["lookup"].reasons
    # It does not need the file.
    assert by_key["length"].status is Status.EQUAL


def test_what_the_original_did_too_is_no_difference(models):
    _, bare, _ = models
    samples = {"lookup/x": np.array([b"red", b"blue"]), "length/x": np.array([b"red", b"indigo"])}
    assert verify_models(bare, bare, samples=samples).equal


def test_assets_are_all_right(models, v1_model, v2_model):
    whole, bare, _ = models
    assert verify_models(whole, whole).equal
    assert verify_models(bare, whole).equal
    assert verify_models(v1_model, v2_model).equal
