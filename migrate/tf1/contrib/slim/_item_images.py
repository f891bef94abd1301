"""Images of a `tf.Example`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.slim._item_handlers import Features, ItemHandler

v1 = tf.compat.v1


class Image(ItemHandler):
    """Makes an image of a feature with its encoded bytes, or several."""

    def __init__(
        self,
        image_key: str | None = None,
        format_key: str | None = None,
        shape: Any = None,
        channels: int = 3,
        dtype: Any = tf.uint8,
        repeated: bool = False,
        dct_method: str = "",
    ) -> None:
        """Keeps what it is given.

        Args:
            image_key: The feature with the bytes, `image/encoded` by default.
            format_key: The one with the name of the format, `image/format` by default.
            shape: The shape of all images.
            channels: How many channels they get.
            dtype: What they become.
            repeated: Whether there are several.
            dct_method: A hint for decoding JPEG.
        """
        self._image_key = image_key or "image/encoded"
        self._format_key = format_key or "image/format"
        super().__init__([self._image_key, self._format_key])
        self._shape = shape
        self._channels = channels
        self._dtype = dtype
        self._repeated = repeated
        self._dct_method = dct_method

    def tensors_to_item(self, keys_to_tensors: Features) -> Any:
        """The image, or the images."""
        encoded, kind = keys_to_tensors[self._image_key], keys_to_tensors[self._format_key]
        if self._repeated:
            return v1.map_fn(lambda each: self._decode(each, kind), encoded, dtype=self._dtype)
        return self._decode(encoded, kind)

    def _decode(self, encoded: Any, kind: Any) -> Any:
        def other() -> Any:
            return tf.cast(v1.image.decode_image(encoded, channels=self._channels), self._dtype)

        def jpeg() -> Any:
            image = tf.io.decode_jpeg(encoded, channels=self._channels, dct_method=self._dct_method)
            return tf.cast(image, self._dtype)

        def by_its_head() -> Any:
            return v1.cond(tf.io.is_jpeg(encoded), jpeg, other, name="cond_jpeg")

        def raw() -> Any:
            return v1.decode_raw(encoded, out_type=self._dtype)

        is_raw = tf.logical_or(tf.equal(kind, "raw"), tf.equal(kind, "RAW"))
        image = v1.case([(is_raw, raw)], default=by_its_head, exclusive=True)
        image.set_shape([None, None, self._channels])
        return image if self._shape is None else tf.reshape(image, self._shape)
