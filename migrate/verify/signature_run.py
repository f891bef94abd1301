"""Runs one signature of both models on the same inputs and collects what comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.verify.calls import Answers, Call, kept
from migrate.verify.contract import compare_signatures, shapes_agree
from migrate.verify.models import Failure, Model
from migrate.verify.plans import Plan, default_plans, empty_plan, fallback_plans, shape_plans, single_cover_plans
from migrate.verify.repeats import Randomness, Repetition
from migrate.verify.results import OutputComparison, SignatureComparison, Status, worst
from migrate.verify.samples import make_sample
from migrate.verify.specs import InputSpec, input_specs
from migrate.verify.tally import OutputTally
from migrate.verify.values import POOL_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.signatures import SignatureDef
    from migrate.verify.examples import Lengths
    from migrate.verify.hints import InputHints
    from migrate.verify.object_check import ObjectCheck
    from migrate.verify.samples import Sample


def can_run(a: SignatureDef, b: SignatureDef) -> bool:
    """Whether the two take the same inputs, so that both can be called with the same values."""
    if {info.key for info in a.inputs} != {info.key for info in b.inputs}:
        return False
    pairs = [(info, b.input(info.key)) for info in a.inputs]
    return all(
        y is not None and x.dtype == y.dtype and x.kind == y.kind and shapes_agree(x.shape, y.shape) for x, y in pairs
    )


class SignatureRun:
    """One signature of both models, called sample by sample.

    Args:
        a: The first model.
        b: The second.
        signatures: Their declarations, which `can_run`.
        words: The vocabulary of both models.
        seed: From which the inputs are made.
        given: The user's samples, which then are the only ones; empty for generated ones.
        objects: The second model as TF2 loads it, where TF2 wrote it: it has to answer as its graph does.
        calls: What is called is appended to it, so that the first model's answers can be recorded.

    Attributes:
        samples: Those that said something, in the order of the calls: at least one model ran, or both had to refuse.
    """

    def __init__(
        self,
        a: Answers,
        b: Model,
        signatures: tuple[SignatureDef, SignatureDef],
        words: tuple[bytes, ...],
        seed: int,
        given: tuple[Sample, ...],
        objects: ObjectCheck | None = None,
        calls: list[Call] | None = None,
    ) -> None:
        self._a, self._b = a, b
        self._calls = calls
        self._objects = objects
        self._ours, self._theirs = signatures
        self._words, self._seed, self._given = words, seed, given
        self._left = iter(given)
        self.samples: list[Sample] = []
        self._specs = self._input_specs()
        self._tallies = {
            info.key: OutputTally(info, other)
            for info in self._ours.outputs
            if (other := self._theirs.output(info.key)) is not None
        }
        self._labels: list[str] = []
        self._reasons: list[str] = []
        self._refusals: dict[str, list[str]] = {}
        self._unmade = False
        self._timeouts = 0
        self._cut_short = False
        self._open: dict[str, Plan] = {}
        self._lengths: Lengths = "varied"
        self._shape: Plan | None = None
        self._dependent: dict[str, frozenset[str]] = {}
        self._repetition = Repetition((a, b), signatures)

    @property
    def settled(self) -> bool:
        """Whether further samples are not needed, or would not help."""
        if self._given or self._unmade or self._reasons:
            return True
        if not self._labels:
            return False
        return all(tally.settled(self._depends(name)) for name, tally in self._tallies.items())

    def first_plans(self) -> Iterator[Plan | None]:
        """The sample sets that every signature is run on; None is the user's next sample."""
        yield from [None] * len(self._given) if self._given else default_plans(self._specs, self._words)

    def retries(self) -> Iterator[Plan]:
        """Those that both models refused once more, in another form; in the end, where they took any, no rows at all."""
        if self._given or self._reasons:
            return
        if not self._labels:
            for plan in shape_plans(self._specs):
                yield plan
                if self._labels:
                    self._shape = plan
                    yield from default_plans(self._specs, self._words)
                    break
        if any(spec.lengths_matter for spec in self._specs):
            # Features that belong together (ids and their weights) have as many values in each example.
            others: tuple[Lengths, ...] = ("equal", "one")
            for lengths in others:
                yield from [replace(plan, lengths=lengths) for plan in self._open.values()]
        if any(plan.covers for plan in self._open.values()):
            yield from single_cover_plans(self._specs, self._words)
        nothing = empty_plan(self._specs)
        if self._labels and nothing is not None:
            yield nothing

    def fallbacks(self) -> Iterator[Plan]:
        """Further sample sets, as long as the signature is not settled."""
        for plan in fallback_plans(self._specs):
            if self.settled:
                return
            if self._shape is None or plan not in shape_plans(self._specs):
                yield plan

    def stop(self) -> None:
        """Says that there was no time for further sample sets."""
        self._cut_short = not self.settled

    def call(self, plan: Plan | None) -> None:
        """Calls both models once; without a plan, on the user's next sample."""
        if plan is not None and not self._worth_the_time(plan):
            return
        sample = next(self._left, None) if plan is None else self._sample(plan)
        if sample is None:
            self._unmade = True
            return
        ours = self._a.run(self._ours, sample.inputs)
        late = isinstance(ours, Failure) and ours.timed_out
        theirs = self._b.run(self._theirs, sample.inputs, hurry=late)
        if self._calls is not None and not late and not (isinstance(theirs, Failure) and theirs.timed_out):
            self._calls.append(Call(self._ours.key, sample, kept(ours)))
        if sample.refused or not (isinstance(ours, Failure) and isinstance(theirs, Failure)):
            self.samples.append(sample)
        if isinstance(ours, Failure) and isinstance(theirs, Failure):
            self._timeouts += late or theirs.timed_out
            self._refused(plan, sample, ours, theirs)
        elif isinstance(ours, Failure):
            self._one_raised(sample, "first", ours)
        elif isinstance(theirs, Failure):
            self._one_raised(sample, "second", theirs)
        else:
            self._ran(plan, sample)
            for tally in self._tallies.values():
                tally.add(sample, ours.parts, theirs.parts)
        if self._objects is not None:
            certain = [name for name in self._tallies if not self._b.random_operations(self._theirs, name)]
            self._reasons += self._objects.check(self._theirs, sample, theirs, certain)

    def result(self) -> SignatureComparison:
        """The verdict on what the calls showed."""
        contract = compare_signatures(self._ours, self._theirs)
        outputs = tuple(
            tally.judge(
                depends=self._depends(name),
                randomness=self._randomness(name),
                trusted=bool(self._given),
            )
            for name, tally in self._tallies.items()
            if self._labels
        )
        outputs, unlocated = self._located(outputs)
        statuses = [output.status for output in outputs]
        if any(difference.breaking for difference in contract) or self._reasons:
            statuses.append(Status.DIFFERENT)
        reasons = [*self._reasons, *self._unproved()]
        if reasons:
            statuses.append(Status.NOT_PROVED)
        return SignatureComparison(
            key=self._ours.key,
            status=worst(statuses),
            method_name=self._ours.method_name,
            samples=tuple(self._labels),
            outputs=outputs,
            contract=contract,
            reasons=tuple(reasons),
            notes=(*self._notes(), *unlocated),
        )

    def _located(self, outputs: tuple[OutputComparison, ...]) -> tuple[tuple[OutputComparison, ...], list[str]]:
        """The outputs with the places where they part; and what to say of those whose place is not known."""
        failing = {
            output.name: sample
            for output in outputs
            if output.status is Status.DIFFERENT and (sample := self._tallies[output.name].failing) is not None
        }
        if not failing:
            return outputs, []
        from migrate.verify.locate import locate

        places, notes = locate((self._a, self._b), (self._ours, self._theirs), failing)
        return tuple(replace(output, location=places.get(output.name)) for output in outputs), notes

    def _sample(self, plan: Plan) -> Sample | None:
        if plan.lengths == "varied":
            plan = replace(plan, lengths=self._lengths)
        if self._shape is not None and plan not in shape_plans(self._specs):
            plan = plan.shaped(self._shape)
        return make_sample(self._ours.key, self._specs, plan, self._seed, self._words)

    def _worth_the_time(self, plan: Plan) -> bool:
        """Where a call took too long, values of the same kind would: a loop that never ends for 0 may for others."""
        return self._timeouts == 0 or (self._timeouts == 1 and plan.flavour.scale == "positive")

    def _input_specs(self) -> tuple[InputSpec, ...]:
        hints: dict[str, InputHints] = self._a.hints(self._ours)
        for name, other in self._b.hints(self._theirs).items():
            hints[name] = hints[name].merged(other) if name in hints else other
        return input_specs(self._ours, self._theirs, hints)

    def _depends(self, output: str) -> frozenset[str]:
        if output not in self._dependent:
            ours = self._a.dependent_parts(self._ours, output)
            self._dependent[output] = ours | self._b.dependent_parts(self._theirs, output)
        return self._dependent[output]

    def _randomness(self, output: str) -> Randomness:
        sample = self._tallies[output].failing
        return Randomness() if sample is None else self._repetition.randomness(output, sample)

    def _ran(self, plan: Plan | None, sample: Sample) -> None:
        self._labels.append(sample.label)
        if plan is not None and self._open.pop(plan.name, None) is not None:
            self._lengths = plan.lengths

    def _refused(self, plan: Plan | None, sample: Sample, ours: Failure, theirs: Failure) -> None:
        if sample.refused:
            return
        if plan is not None and not (ours.timed_out or theirs.timed_out):
            self._open[plan.name] = plan
        errors = ours.error if ours.error == theirs.error else f"{ours.error} and {theirs.error}"
        self._refusals.setdefault(f"{errors}: {ours.message}", []).append(sample.label)

    def _one_raised(self, sample: Sample, which: str, failure: Failure) -> None:
        text = f"only the {which} model raises {failure.error} on the sample set {sample.label!r}"
        self._reasons.append(f"{text}: {failure.message}")

    def _unproved(self) -> list[str]:
        if not self._ours.outputs and not self._theirs.outputs:
            return ["it has no outputs that could be compared"]
        if self._unmade:
            return ["inputs of this kind cannot be generated; give --samples"]
        if not self._labels and not self._reasons:
            return ["neither model ran on any sample; give --samples", *self._refusal_texts()]
        outside = self._b.outside_files(self._theirs)
        if outside and not (isinstance(self._a, Model) and self._a.outside_files(self._ours)):
            return [f"the second model reads {name!r}, which is not among its assets" for name in outside]
        return []

    def _refusal_texts(self) -> list[str]:
        return [
            f"both models refused {', '.join(repr(label) for label in labels)}: {error}"
            for error, labels in self._refusals.items()
        ]

    def _notes(self) -> list[str]:
        notes = self._refusal_texts() if self._labels else []
        if self._cut_short:
            notes.append("there was no time for more sample sets; give --samples")
        if len(self._words) > POOL_LIMIT and any(spec.dtype == "string" for spec in self._specs):
            notes.append(f"{POOL_LIMIT} of {len(self._words)} vocabulary words were tried")
        for spec in self._specs:
            limits = [spec.hints.id_limit, *(feature.id_limit for feature in spec.hints.features)]
            largest = max((limit for limit in limits if limit is not None), default=0)
            if largest > POOL_LIMIT:
                notes.append(f"input {spec.name!r}: {POOL_LIMIT} of {largest} ids were tried")
        return [] if self._given else notes
