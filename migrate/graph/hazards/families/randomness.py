"""Operations that draw random numbers."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.graph.hazards.context import Context, Place, hazard_at
from migrate.graph.hazards.families.branches import is_dropout
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity

RANDOM = frozenset(
    {
        *(
            "RandomUniform",
            "RandomUniformInt",
            "RandomStandardNormal",
            "TruncatedNormal",
            "ParameterizedTruncatedNormal",
        ),
        *("RandomGamma", "RandomPoisson", "RandomPoissonV2", "RandomShuffle", "RandomCrop", "Multinomial"),
        *("SampleDistortedBoundingBox", "SampleDistortedBoundingBoxV2", "UniformCandidateSampler"),
        *("LogUniformCandidateSampler", "LearnedUnigramCandidateSampler", "FixedUnigramCandidateSampler"),
        *("ThreadUnsafeUnigramCandidateSampler", "AllCandidateSampler", "FractionalMaxPool", "FractionalAvgPool"),
        *("StatefulUniform", "StatefulUniformInt", "StatefulUniformFullInt", "StatefulStandardNormal"),
        *("StatefulStandardNormalV2", "StatefulTruncatedNormal", "StatefulRandomBinomial"),
    }
)
"""Operations whose answers differ from call to call (tensorflow/core/ops/random_ops.cc, candidate_sampling_ops.cc)."""


@family
def random_numbers(context: Context) -> Iterator[Hazard]:
    """In signatures; an initializer that runs once gives the same as a checkpoint does. Dropout is told elsewhere."""
    for place in context.of(RANDOM):
        if place.signatures and not (place.op == "RandomUniform" and is_dropout(place.node.name)):
            yield hazard_at(
                place,
                HazardKind.RANDOM,
                Severity.CHANGES,
                f"It draws random numbers in every call, {_seeded(place)}.",
                "Compare the outputs that depend on it by their distribution; the proof of equality can say little of "
                "them.",
            )


def _seeded(place: Place) -> str:
    seeds = [place.node.attr[name].i for name in ("seed", "seed2") if name in place.node.attr]
    return "with a seed" if any(seeds) else "without a seed"
