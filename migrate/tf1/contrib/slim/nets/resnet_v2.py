"""`slim.nets.resnet_v2`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib import layers
from migrate.tf1.contrib.framework import add_arg_scope
from migrate.tf1.contrib.layers._utils import collect_named_outputs, last_dimension
from migrate.tf1.contrib.slim.nets._resnet import block, network, of_depth
from migrate.tf1.contrib.slim.nets.resnet_utils import Block, conv2d_same, resnet_arg_scope, subsample

v1 = tf.compat.v1

__all__ = [
    "bottleneck",
    "resnet_arg_scope",
    "resnet_v2",
    "resnet_v2_50",
    "resnet_v2_101",
    "resnet_v2_152",
    "resnet_v2_200",
    "resnet_v2_block",
]


@add_arg_scope
def bottleneck(
    inputs: Any,
    depth: int,
    depth_bottleneck: int,
    stride: int,
    rate: int = 1,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """A unit of three convolutions, of which each is normalized before, added to its input."""
    with v1.variable_scope(scope, "bottleneck_v2", [inputs]) as opened:
        depth_in = last_dimension(inputs.shape, min_rank=4)
        bare: dict[str, Any] = {"normalizer_fn": None, "activation_fn": None}
        normal = layers.batch_norm(inputs, activation_fn=tf.nn.relu, scope="preact")
        if depth == depth_in:
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = layers.conv2d(normal, depth, [1, 1], stride=stride, scope="shortcut", **bare)
        residual = layers.conv2d(normal, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        residual = conv2d_same(residual, depth_bottleneck, 3, stride, rate=rate, scope="conv2")
        residual = layers.conv2d(residual, depth, [1, 1], stride=1, scope="conv3", **bare)
        return collect_named_outputs(outputs_collections, opened.name, shortcut + residual)


def resnet_v2(
    inputs: Any,
    blocks: Sequence[Block],
    num_classes: int | None = None,
    is_training: Any = True,
    global_pool: bool = True,
    output_stride: int | None = None,
    include_root_block: bool = True,
    reuse: Any = None,
    scope: Any = None,
) -> Any:
    """A network of blocks, and what was collected on the way."""
    return network(
        inputs,
        blocks,
        bottleneck,
        num_classes,
        is_training,
        global_pool,
        output_stride,
        include_root_block,
        reuse,
        scope,
        second=True,
    )


resnet_v2.default_image_size = 224  # type: ignore[attr-defined]


def resnet_v2_block(scope: str, base_depth: int, num_units: int, stride: int) -> Block:
    """Units of a width, of which the last has a stride."""
    return block(scope, bottleneck, base_depth, num_units, stride)


resnet_v2_50 = of_depth(50, resnet_v2, bottleneck)
resnet_v2_101 = of_depth(101, resnet_v2, bottleneck)
resnet_v2_152 = of_depth(152, resnet_v2, bottleneck)
resnet_v2_200 = of_depth(200, resnet_v2, bottleneck)
