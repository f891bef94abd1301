"""Images turned, moved and distorted; what comes from outside of an image is zero."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

v1 = tf.compat.v1


def rotate(images: Any, angles: Any, interpolation: str = "NEAREST", name: str | None = None) -> Any:
    """Turns images counterclockwise around their middle, by angles in radians."""
    with v1.name_scope(name, "rotate"):
        images = tf.convert_to_tensor(images)
        shape = tf.shape(_batch(images))
        height, width = tf.cast(shape[1], tf.float32)[None], tf.cast(shape[2], tf.float32)[None]
        return transform(images, angles_to_projective_transforms(angles, height, width), interpolation)


def translate(images: Any, translations: Any, interpolation: str = "NEAREST", name: str | None = None) -> Any:
    """Moves images by [dx, dy]."""
    with v1.name_scope(name, "translate"):
        return transform(images, translations_to_projective_transforms(translations), interpolation)


def angles_to_projective_transforms(angles: Any, image_height: Any, image_width: Any, name: str | None = None) -> Any:
    """The transforms [n, 8] that turn images of a size."""
    with v1.name_scope(name, "angles_to_projective_transforms"):
        angles = tf.convert_to_tensor(angles, name="angles", dtype=tf.float32)
        if angles.shape.rank not in (0, 1):
            raise TypeError("Angles should have rank 0 or 1.")
        angles = angles[None] if angles.shape.rank == 0 else angles
        cos, sin = tf.cos(angles), tf.sin(angles)
        right, bottom = image_width - 1, image_height - 1
        x = (right - (cos * right - sin * bottom)) / 2.0
        y = (bottom - (sin * right + cos * bottom)) / 2.0
        columns = [cos[:, None], -sin[:, None], x[:, None], sin[:, None], cos[:, None], y[:, None]]
        return tf.concat([*columns, tf.zeros((tf.shape(angles)[0], 2), tf.float32)], axis=1)


def translations_to_projective_transforms(translations: Any, name: str | None = None) -> Any:
    """The transforms [n, 8] that move images."""
    with v1.name_scope(name, "translations_to_projective_transforms"):
        moves = tf.convert_to_tensor(translations, name="translations", dtype=tf.float32)
        if moves.shape.rank not in (1, 2):
            raise TypeError("Translations should have a rank that is known, 1 or 2.")
        moves = moves[None] if moves.shape.rank == 1 else moves
        number = tf.shape(moves)[0]
        one, zero = tf.ones((number, 1), tf.float32), tf.zeros((number, 1), tf.float32)
        rest = tf.zeros((number, 2), tf.float32)
        return tf.concat([one, zero, -moves[:, 0, None], zero, one, -moves[:, 1, None], rest], axis=1)


def transform(
    images: Any, transforms: Any, interpolation: str = "NEAREST", output_shape: Any = None, name: str | None = None
) -> Any:
    """Takes each output point (x, y) from where a transform says."""
    with v1.name_scope(name, "transform"):
        images = tf.convert_to_tensor(images, name="images")
        transforms = tf.convert_to_tensor(transforms, name="transforms", dtype=tf.float32)
        batch = _batch(images)
        if output_shape is None:
            output_shape = tf.shape(batch)[1:3]
            known = tf.get_static_value(output_shape)
            output_shape = output_shape if known is None else known
        output_shape = tf.convert_to_tensor(output_shape, tf.int32, name="output_shape")
        if not output_shape.shape.is_compatible_with([2]):
            raise ValueError("output_shape must be a 1-D Tensor of 2 elements: new_height, new_width")
        if transforms.shape.rank not in (1, 2):
            raise TypeError("Transforms should have a rank that is known, 1 or 2.")
        output = tf.raw_ops.ImageProjectiveTransformV2(
            images=batch,
            transforms=transforms[None] if transforms.shape.rank == 1 else transforms,
            output_shape=output_shape,
            interpolation=interpolation.upper(),
        )
        if images.shape.rank == 2:
            return output[0, :, :, 0]
        return output[0, :, :, :] if images.shape.rank == 3 else output


def compose_transforms(*transforms: Any) -> Any:
    """The transform that is the same as all of them, one after the other."""
    if not transforms:
        raise AssertionError("transforms cannot be empty")
    with v1.name_scope("compose_transforms"):
        composed = _matrices(transforms[0])
        for each in transforms[1:]:
            composed = tf.matmul(composed, _matrices(each))
        flat = tf.reshape(composed, [-1, 9])
        flat /= flat[:, 8:9]
        return flat[:, :8]


def _matrices(transforms: Any) -> Any:
    transforms = tf.convert_to_tensor(transforms, name="transforms")
    if transforms.shape.rank not in (1, 2):
        raise ValueError(f"Transforms should be 1D or 2D, got: {transforms}")
    flat = tf.reshape(transforms, [-1, 8])
    return tf.reshape(tf.concat([flat, tf.ones([tf.shape(flat)[0], 1])], axis=1), [-1, 3, 3])


def _batch(images: Any) -> Any:
    """Images as [number, height, width, channels]."""
    if images.shape.rank not in (2, 3, 4):
        raise TypeError("Images should have a rank that is known, between 2 and 4.")
    if images.shape.rank == 2:
        return images[None, :, :, None]
    return images[None] if images.shape.rank == 3 else images
