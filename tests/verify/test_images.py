import numpy as np
import pytest

from migrate.verify.images import DECODERS, bmp, gif, images, jpeg, png

pytestmark = pytest.mark.tensorflow

MAGIC = {"png": b"\x89PNG", "jpeg": b"\xff\xd8\xff", "bmp": b"BM", "gif": b"GIF89a"}


def kinds(data) -> list[str]:
    return [next(kind for kind, magic in MAGIC.items() if item.startswith(magic)) for item in data]


@pytest.mark.parametrize(("make", "decode"), [(png, "decode_png"), (jpeg, "decode_jpeg"), (bmp, "decode_bmp")])
@pytest.mark.parametrize("size", [(8, 6), (1, 1), (5, 7)])
def test_they_can_be_decoded(make, decode, size, tf):
    pixels = getattr(tf.io, decode)(make(*size, 1)).numpy()
    assert pixels.shape == (*size, 3)
    if make is not jpeg:
        expected = np.random.default_rng(1).integers(0, 256, (size[0], size[1] * 3), dtype=np.uint8)
        assert np.array_equal(pixels.reshape(size[0], -1), expected)


@pytest.mark.parametrize("size", [(8, 6), (1, 1), (40, 41)])
def test_a_gif_has_one_frame_of_greys(size, tf):
    frames = tf.io.decode_gif(gif(*size, 1)).numpy()
    assert frames.shape == (1, *size, 3)
    expected = np.random.default_rng(1).integers(0, 256, (size[0], size[1] * 3), dtype=np.uint8)
    assert np.array_equal(frames[0, :, :, 0], expected.reshape(*size, 3)[:, :, 0] // 2 * 2)


@pytest.mark.parametrize("decoder", sorted(DECODERS))
def test_a_decoder_gets_two_images_of_each_format(decoder):
    found = images([decoder])
    assert kinds(found) == [kind for kind in DECODERS[decoder] for _ in range(2)]
    assert len(set(found)) == len(found)


def test_two_decoders_get_what_both_take():
    assert set(kinds(images(["DecodeJpeg", "DecodePng"]))) == {"png"}
    # Where they take nothing in common, the graph chooses by the bytes; frames of a GIF fit nowhere else.
    assert set(kinds(images(["DecodeBmp", "DecodeGif", "DecodePng"]))) == {"png", "bmp"}
