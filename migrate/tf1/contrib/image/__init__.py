"""`tf.contrib.image`: projective transforms of images."""

from __future__ import annotations

from migrate.tf1.contrib.image._transforms import (
    angles_to_projective_transforms,
    compose_transforms,
    rotate,
    transform,
    translate,
    translations_to_projective_transforms,
)

__all__ = [
    "angles_to_projective_transforms",
    "compose_transforms",
    "rotate",
    "transform",
    "translate",
    "translations_to_projective_transforms",
]
