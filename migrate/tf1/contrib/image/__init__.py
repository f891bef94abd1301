"""`tf.contrib.image`: projective transforms of images, and matches by distance."""

from __future__ import annotations

from migrate.tf1.contrib.image._matching import bipartite_match
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
    "bipartite_match",
    "compose_transforms",
    "rotate",
    "transform",
    "translate",
    "translations_to_projective_transforms",
]
