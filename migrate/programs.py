"""Makes the results of a tree fit together: files that run in one program share TensorFlow's behaviour."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.pairs import with_vanishing_names
from migrate.results import Level, Mode, Refusal, Result, Site
from migrate.settings import Settings
from migrate.source.files import decode
from migrate.source.taken_away import taken_away, used_elsewhere
from migrate.source.unprovable import MODE, NO_EQUAL
from migrate.source.walk import Found

if TYPE_CHECKING:
    import networkx as nx

_LIVE_SESSIONS = ("TFM207", "TFM209")
"""The rules of sessions that stay beside TF2's own behaviour."""
_GRAPH_CODE = "TFM206"
"""The rule of graphs that TF1 code builds, and nothing but that."""
_SHOWN = 5
_LOADED = "TFM304"
"""The rule of sessions that only run loaded models."""


def reconciled(
    results: Sequence[Result], found: Iterable[Found], settings: Settings, rewrite: Callable[[Found, Settings], Result]
) -> Iterator[Result]:
    """The results after a look at which files run together.

    Where session code stays in a file, no other file of its program moves to TF2's own behaviour: its sites get the
    next lower level. So they do where a rewrite would take away what another file imports. With
    `settings.whole_program`, TF1 code without a site that runs with session code that stays gets TF1's names from
    `tensorflow.compat.v1`.

    Args:
        results: One for each file that may hold a site.
        found: All files, in the order of the results to be yielded; gone through several times, or not at all.
        settings: What to do.
        rewrite: Rewrites one file.
    """
    yield from with_vanishing_names(Programs(found).reconciled(results, settings, rewrite), settings.root)


class Programs:
    """The programs of a tree; which file imports which is read once, where it matters at all.

    Args:
        found: All files of the tree; gone through several times, or not at all.
    """

    def __init__(self, found: Iterable[Found]) -> None:
        self.found = found
        self._taken: dict[tuple[str, str], frozenset[str]] = {}

    @cached_property
    def paths(self) -> dict[Path, str]:
        """The files that can be read, by their absolute paths."""
        return {one.path.absolute(): str(one.path) for one in self.found if one.error is None}

    @cached_property
    def graph(self) -> nx.DiGraph[Path]:
        """Which file imports which."""
        from migrate.source.programs import import_graph

        return import_graph(self.paths)

    @cached_property
    def session_code(self) -> frozenset[str]:
        """The files that, as they are, need TF1's behaviour in their programs."""
        from migrate.source.mode import keeps_sessions

        found = set()
        for file, path in self.paths.items():
            try:
                if keeps_sessions(file.read_bytes()):
                    found.add(path)
            except OSError:
                continue
        return frozenset(found)

    def reconciled(
        self, results: Sequence[Result], settings: Settings, rewrite: Callable[[Found, Settings], Result]
    ) -> Iterator[Result]:
        """The results after a look at which files run together; see the function of the same name."""
        results = self._unasked(self._given_way(results))
        modes = {result.mode for result in results}
        conflict = {Mode.EAGER, Mode.GRAPH} <= modes
        together = settings.whole_program and (modes & {Mode.GRAPH, Mode.ANY} or any(map(_calls_graph_code, results)))
        eager = [result for result in results if result.mode is Mode.EAGER]
        taken = {result.path: self._taken_away(result) for result in eager}
        staying = self.session_code.difference(result.path for result in results if result.changed) if eager else ()
        if not conflict and not together and not staying and not any(taken.values()):
            # Most trees have no session code that stays next to other sites, and need not be read again.
            yield from results
            return
        yield from _Reconciliation(self, results, settings, rewrite, taken).results()

    def _given_way(self, results: Sequence[Result]) -> Sequence[Result]:
        """The results without sessions that only run loaded models, where their program needs TF2's own behaviour."""
        loading = {result.path for result in results if result.mode is Mode.GRAPH and _only_loads(result)}
        if not loading:
            return results
        from migrate.source.programs import meets

        eager = {result.path for result in results if result.mode is Mode.EAGER} | self.tf2_code
        files = [file for file, path in self.paths.items() if path in eager]
        others = {self.paths[file]: self.paths[other] for file, other in meets(self.graph, files).items()}
        reason = "runs in the same program, and needs TF2's own behaviour"
        return [
            _left(one, MODE, f"{others[one.path]} {reason}") if one.path in loading & others.keys() else one
            for one in results
        ]

    def _unasked(self, results: Sequence[Result]) -> Sequence[Result]:
        """The results without session code that other files of its program ask what TF2 answers otherwise."""
        staying = [one.path for one in results if one.changed and one.mode in (Mode.GRAPH, Mode.ANY)]
        if not staying or not self._asking:
            return results
        from migrate.source.programs import meets

        files = [file for file, path in self.paths.items() if path in self._asking]
        asked = {self.paths[file]: self.paths[other] for file, other in meets(self.graph, files).items()}
        return [
            _left(one, NO_EQUAL, f"{asked[one.path]} runs in the same program, and {self._asking[asked[one.path]]}")
            if one.path in staying and one.path in asked
            else one
            for one in results
        ]

    @cached_property
    def _asking(self) -> dict[str, str]:
        """The files that ask what TF2 answers in another way, and what that is."""
        from migrate.source.strategies.other_answers import asked_otherwise

        found: dict[str, str] = {}
        for file, path in self.paths.items():
            try:
                data = file.read_bytes()
                question = asked_otherwise(decode(data).text) if b"tensorflow" in data else None
            except (OSError, MigrateError, SyntaxError, ValueError, RecursionError):
                continue
            if question is not None:
                found[path] = question
        return found

    @cached_property
    def tf2_code(self) -> frozenset[str]:
        """The files that have code for TF2's own behaviour as they are."""
        from migrate.source.mode import means_tf2

        found = set()
        for file, path in self.paths.items():
            try:
                if means_tf2(file.read_bytes()):
                    found.add(path)
            except OSError:
                continue
        return frozenset(found)

    def _taken_away(self, result: Result) -> frozenset[str]:
        """What a rewrite takes away; a review asks for the same ones again after every decision."""
        texts = (result.before, result.after)
        if texts not in self._taken:
            self._taken[texts] = taken_away(*texts)
        return self._taken[texts]


def _left_over(ended: Sequence[tuple[str, int]]) -> str:
    """What is to be said of names that nothing has any more, and that a file keeps."""
    if not ended:
        return ""
    shown = ", ".join(f"{name} (line {line})" for name, line in ended[:_SHOWN])
    more = f" and {len(ended) - _SHOWN} more" if len(ended) > _SHOWN else ""
    return f", and keeps {shown}{more}, which ended with TensorFlow 1: this code must be replaced"


def _only_loads(result: Result) -> bool:
    """Whether nothing of a file is rewritten but sessions that run loaded models."""
    return {site.rule for site in result.sites if site.level is not Level.FLAGGED} == {_LOADED}


def _left(result: Result, rule: str, reason: str) -> Result:
    """A file whose sessions are left as they are, because of another file of its program."""

    def stays(site: Site) -> Site:
        if site.level is Level.FLAGGED:
            return site
        refusal = Refusal(site.level, "loaded_in_session" if rule == MODE else "bridge", rule, reason)
        return replace(
            site,
            rule=rule,
            level=Level.FLAGGED,
            message="left as it is",
            reason=reason,
            findings=(),
            proved=(),
            refusals=(*site.refusals, refusal),
        )

    return replace(result, after=result.before, sites=tuple(map(stays, result.sites)), mode=None)


def _calls_graph_code(result: Result) -> bool:
    """Whether code that builds a graph is run by a file of TF2's own behaviour."""
    return result.mode is Mode.EAGER and any(site.rule in (_GRAPH_CODE, *_LIVE_SESSIONS) for site in result.sites)


class _Reconciliation:
    def __init__(
        self,
        programs: Programs,
        results: Sequence[Result],
        settings: Settings,
        rewrite: Callable[[Found, Settings], Result],
        taken: Mapping[str, Collection[str]],
    ) -> None:
        self.taken = taken
        self.by_path = {result.path: result for result in results}
        self.found = programs.found
        self.settings = settings
        self.rewrite = rewrite
        self.paths = programs.paths
        self.graph = programs.graph
        self.session_code = programs.session_code
        self.needed_with: dict[str, str] = {}

    def results(self) -> Iterator[Result]:
        """The results in the order of the files."""
        others = self._settled()
        for one in self.found:
            path = str(one.path)
            result = self.by_path.get(path)
            if result is not None and (result.changed or path not in others):
                yield result
            elif path in others:
                yield replace(others[path], sites=result.sites if result is not None else ())

    def _settled(self) -> dict[str, Result]:
        """Lowers files until all that run together can, and gives the files without a site that change with them.

        A file that is lowered may keep its session by that, which others of its program then have to follow.
        """
        while True:
            others = {**self._called(), **self._session_code()} if self.settings.whole_program else {}
            lowered = {**self._imported(), **self._lowered(others)}
            again = [one for one in self.found if self._is_eager(str(one.path)) and str(one.path) in lowered]
            if not again:
                return others
            for one in again:
                path = str(one.path)
                self.by_path[path] = self.rewrite(one, replace(self.settings, stays_because=lowered[path]))

    def _is_eager(self, path: str) -> bool:
        result = self.by_path.get(path)
        return result is not None and result.mode is Mode.EAGER

    def _imported(self) -> dict[str, str]:
        """By file, what of it another file imports and a rewrite would take away."""
        found: dict[str, str] = {}
        for file, path in self.paths.items():
            names = self.taken.get(path)
            if names and self._is_eager(path):
                importing = sorted(self.graph.predecessors(file))
                name = used_elsewhere(names, importing)
                if name is not None:
                    users = [self.paths[one] for one in importing if used_elsewhere({name}, [one])]
                    found[path] = f"{users[0]} may use {name}, which would go"
        return found

    def _lowered(self, others: dict[str, Result]) -> dict[str, str]:
        """By file, which other one of the same program needs TF1's behaviour."""
        unchanged = {path for path in self.session_code if path not in self.by_path or not self.by_path[path].changed}
        staying = unchanged.union(path for path, result in self.by_path.items() if result.mode is Mode.GRAPH)
        graph = {path for path, result in others.items() if result.mode is Mode.GRAPH}
        staying |= graph.difference(self.needed_with)
        met = self._meets(staying)
        for path in sorted(graph.intersection(self.needed_with)):
            # A library needs it in the programs that have the session, and leaves it to others.
            for one in self._together(path, self.needed_with[path]):
                met.setdefault(one, path)
        said = "runs in the same program, and still needs TF1's behaviour"
        return {path: f"{other} {said}" for path, other in met.items()}

    def _together(self, *names: str) -> set[str]:
        """The files of the programs that have all of some files."""
        from migrate.source.programs import programs_with

        files = [path for path, name in self.paths.items() if name in names]
        return {self.paths[path] for path in programs_with(self.graph, files)}

    def _meets(self, names: set[str]) -> dict[str, str]:
        from migrate.source.programs import meets

        files = [path for path, name in self.paths.items() if name in names]
        return {self.paths[path]: self.paths[other] for path, other in meets(self.graph, files).items()}

    def _called(self) -> dict[str, Result]:
        """TF1 code without a rewritten site that builds the graphs of files whose sessions are gone."""
        import networkx as nx

        made: dict[str, Result] = {}
        for file, path in self.paths.items():
            result = self.by_path.get(path)
            if result is not None and _calls_graph_code(result):
                for called in nx.descendants(self.graph, file):
                    made |= self._with_names(self.paths[called], called, path, switch=False)
        return made

    def _session_code(self) -> dict[str, Result]:
        """TF1 code without a rewritten site, of the programs in which session code stays."""
        staying = {path for path, result in self.by_path.items() if result.mode in (Mode.GRAPH, Mode.ANY)}
        made: dict[str, Result] = {}
        for path, other in self._meets(staying).items():
            file = next(absolute for absolute, name in self.paths.items() if name == path)
            made |= self._with_names(path, file, other, switch=self._starts(file))
        return made

    def _with_names(self, path: str, file: Path, other: str, *, switch: bool) -> dict[str, Result]:
        """A file that is not rewritten, with TF1's names from `tensorflow.compat.v1` where it needs them."""
        from migrate.source.session_code import read_session_code

        result = self.by_path.get(path)
        if result is not None and result.changed:
            return {}
        try:
            before = decode(file.read_bytes()).text
            code = read_session_code(before, switch=switch)
        except (OSError, MigrateError, SyntaxError, ValueError, RecursionError):
            # Its own result says what is wrong with it, if it may hold a site; else it is nobody's business.
            return {}
        if code.text == before:
            return {}
        # What others call to build a graph leaves TensorFlow's behaviour to them.
        session = other in self.by_path and not _calls_graph_code(self.by_path[other])
        mode = Mode.GRAPH if code.builds and session else Mode.ANY
        if mode is Mode.GRAPH and not (switch or code.switches):
            self.needed_with[path] = other
        because = f"runs with {other}" + _left_over(code.ended)
        return {path: Result(path, before, code.text, mode=mode, because=because)}

    def _starts(self, file: Path) -> bool:
        """Whether nothing imports a file, so that programs start with it."""
        return not list(self.graph.predecessors(file)) and file.name != "__init__.py"
