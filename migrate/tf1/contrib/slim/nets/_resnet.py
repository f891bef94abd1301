"""What `resnet_v1` and `resnet_v2` have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib import layers
from migrate.tf1.contrib.framework import arg_scope
from migrate.tf1.contrib.layers._utils import convert_collection_to_dict
from migrate.tf1.contrib.slim.nets.resnet_utils import Block, conv2d_same, stack_blocks_dense

v1 = tf.compat.v1
UNITS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3)}
"""How many units the four blocks of a network have."""


def network(
    inputs: Any,
    blocks: Sequence[Block],
    unit: Callable[..., Any],
    num_classes: int | None,
    is_training: Any,
    global_pool: bool,
    output_stride: int | None,
    include_root_block: bool,
    reuse: Any,
    scope: Any,
    *,
    second: bool,
) -> Any:
    """The network, and what was collected on the way.

    Args:
        inputs: Images.
        blocks: What they go through.
        unit: What makes a unit.
        num_classes: How many logits are wanted; none by default.
        is_training: Whether batches are normalized by themselves.
        global_pool: Whether pixels are averaged.
        output_stride: From which stride on units have a rate.
        include_root_block: Whether it begins with a convolution and a pool.
        reuse: As of variable scopes.
        scope: Its variable scope.
        second: Whether units are normalized before their convolutions.
    """
    with v1.variable_scope(scope, "resnet_v2" if second else "resnet_v1", [inputs], reuse=reuse) as opened:
        collected = f"{opened.original_name_scope}_end_points"
        with (
            arg_scope([layers.conv2d, unit, stack_blocks_dense], outputs_collections=collected),
            arg_scope([layers.batch_norm], is_training=is_training),
        ):
            net, stride = inputs, None if output_stride is None else float(output_stride)
            if include_root_block:
                if stride is not None:
                    if stride % 4 != 0:
                        raise ValueError("The output_stride needs to be a multiple of 4.")
                    stride /= 4
                bare: dict[str, Any] = {"activation_fn": None, "normalizer_fn": None} if second else {}
                with arg_scope([layers.conv2d], **bare):
                    net = conv2d_same(net, 64, 7, stride=2, scope="conv1")
                net = layers.max_pool2d(net, [3, 3], stride=2, scope="pool1")
            net = stack_blocks_dense(net, blocks, stride)
            if second:
                net = layers.batch_norm(net, activation_fn=tf.nn.relu, scope="postnorm")
            if global_pool:
                net = tf.reduce_mean(net, [1, 2], name="pool5", keepdims=True)
            if num_classes is not None:
                net = layers.conv2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="logits")
            found = convert_collection_to_dict(collected)
            if num_classes is not None:
                found["predictions"] = layers.softmax(net, scope="predictions")
            return net, found


def block(scope: str, unit: Callable[..., Any], base_depth: int, num_units: int, stride: int) -> Block:
    """Units of a width, of which the last has a stride."""
    sizes = {"depth": base_depth * 4, "depth_bottleneck": base_depth}
    return Block(scope, unit, [{**sizes, "stride": 1}] * (num_units - 1) + [{**sizes, "stride": stride}])


def blocks_of(depth: int, unit: Callable[..., Any]) -> list[Block]:
    """The blocks of a network that is known by how many layers it has."""
    return [
        block(f"block{number}", unit, 32 << number, units, 1 if number == 4 else 2)
        for number, units in enumerate(UNITS[depth], 1)
    ]


def of_depth(layers: int, resnet: Callable[..., Any], unit: Callable[..., Any]) -> Callable[..., Any]:
    """The function for the network of a number of layers; its scope is called after it."""
    name = f"{resnet.__name__}_{layers}"

    def build(
        inputs: Any,
        num_classes: int | None = None,
        is_training: Any = True,
        global_pool: bool = True,
        output_stride: int | None = None,
        reuse: Any = None,
        scope: Any = name,
    ) -> Any:
        blocks = blocks_of(layers, unit)
        return resnet(inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse, scope)

    build.__name__ = build.__qualname__ = name
    build.__module__ = resnet.__module__
    build.__doc__ = f"The one of {layers} layers."
    return build
