"""`slim.nets.vgg`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from migrate.tf1.contrib import layers
from migrate.tf1.contrib.framework import arg_scope
from migrate.tf1.contrib.layers._utils import convert_collection_to_dict

v1 = tf.compat.v1

__all__ = ["vgg_16", "vgg_19", "vgg_a", "vgg_arg_scope", "vgg_d", "vgg_e"]


def vgg_arg_scope(weight_decay: float = 0.0005) -> Any:
    """The arguments that these networks are made with."""
    with (
        arg_scope(
            [layers.conv2d, layers.fully_connected],
            activation_fn=tf.nn.relu,
            weights_regularizer=layers.l2_regularizer(weight_decay),
            biases_initializer=v1.zeros_initializer(),
        ),
        arg_scope([layers.conv2d], padding="SAME") as scope,
    ):
        return scope


def _vgg(
    name: str,
    counts: tuple[int, ...],
    inputs: Any,
    num_classes: int,
    is_training: Any,
    dropout_keep_prob: float,
    spatial_squeeze: bool,
    scope: Any,
) -> Any:
    """Five groups of so many convolutions, and three that stand for dense layers."""
    with v1.variable_scope(scope, name, [inputs]) as opened:
        # Two of them were collected under the name of their operations.
        collected = f"{opened.name if name == 'vgg_19' else opened.original_name_scope}_end_points"
        collecting = [layers.conv2d, layers.max_pool2d, *([] if name == "vgg_a" else [layers.fully_connected])]
        with arg_scope(collecting, outputs_collections=collected):
            net = inputs
            for number, (count, width) in enumerate(zip(counts, (64, 128, 256, 512, 512), strict=True), 1):
                net = layers.repeat(net, count, layers.conv2d, width, [3, 3], scope=f"conv{number}")
                net = layers.max_pool2d(net, [2, 2], scope=f"pool{number}")
            net = layers.conv2d(net, 4096, [7, 7], padding="VALID", scope="fc6")
            net = layers.dropout(net, dropout_keep_prob, is_training=is_training, scope="dropout6")
            net = layers.conv2d(net, 4096, [1, 1], scope="fc7")
            net = layers.dropout(net, dropout_keep_prob, is_training=is_training, scope="dropout7")
            net = layers.conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="fc8")
            found = convert_collection_to_dict(collected)
            if spatial_squeeze:
                net = tf.squeeze(net, [1, 2], name="fc8/squeezed")
                found[f"{opened.name}/fc8"] = net
            return net, found


def vgg_a(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: float = 0.5,
    spatial_squeeze: bool = True,
    scope: Any = "vgg_a",
) -> Any:
    """The network of 11 layers."""
    return _vgg("vgg_a", (1, 1, 2, 2, 2), inputs, num_classes, is_training, dropout_keep_prob, spatial_squeeze, scope)


vgg_a.default_image_size = 224  # type: ignore[attr-defined]


def vgg_16(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: float = 0.5,
    spatial_squeeze: bool = True,
    scope: Any = "vgg_16",
) -> Any:
    """The network of 16 layers."""
    return _vgg("vgg_16", (2, 2, 3, 3, 3), inputs, num_classes, is_training, dropout_keep_prob, spatial_squeeze, scope)


vgg_16.default_image_size = 224  # type: ignore[attr-defined]


def vgg_19(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: float = 0.5,
    spatial_squeeze: bool = True,
    scope: Any = "vgg_19",
) -> Any:
    """The network of 19 layers."""
    return _vgg("vgg_19", (2, 2, 4, 4, 4), inputs, num_classes, is_training, dropout_keep_prob, spatial_squeeze, scope)


vgg_19.default_image_size = 224  # type: ignore[attr-defined]


vgg_d = vgg_16
vgg_e = vgg_19
