"""Makes the results of a tree fit together: files that run in one program share TensorFlow's behaviour."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.results import Mode, Result
from migrate.settings import Settings
from migrate.source.files import decode
from migrate.source.taken_away import taken_away, used_elsewhere
from migrate.source.walk import Found

if TYPE_CHECKING:
    import networkx as nx


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
    yield from Programs(found).reconciled(results, settings, rewrite)


class Programs:
    """The programs of a tree; which file imports which is read once, where it matters at all.

    Args:
        found: All files of the tree; gone through several times, or not at all.
    """

    def __init__(self, found: Iterable[Found]) -> None:
        self.found = found

    @cached_property
    def paths(self) -> dict[Path, str]:
        """The files that can be read, by their absolute paths."""
        return {one.path.absolute(): str(one.path) for one in self.found if one.error is None}

    @cached_property
    def graph(self) -> nx.DiGraph[Path]:
        """Which file imports which."""
        from migrate.source.programs import import_graph

        return import_graph(self.paths)

    def reconciled(
        self, results: Sequence[Result], settings: Settings, rewrite: Callable[[Found, Settings], Result]
    ) -> Iterator[Result]:
        """The results after a look at which files run together; see the function of the same name."""
        modes = {result.mode for result in results}
        conflict = {Mode.EAGER, Mode.GRAPH} <= modes
        together = settings.whole_program and modes & {Mode.GRAPH, Mode.ANY}
        eager = [result for result in results if result.mode is Mode.EAGER]
        taken = {result.path: taken_away(result.before, result.after) for result in eager}
        if not conflict and not together and not any(taken.values()):
            # Most trees have no session code that stays next to other sites, and need not be read again.
            yield from results
            return
        yield from _Reconciliation(self, results, settings, rewrite, taken).results()


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
            others = self._session_code() if self.settings.whole_program else {}
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
        staying = {path for path, result in self.by_path.items() if result.mode is Mode.GRAPH}
        staying |= {path for path, result in others.items() if result.mode is Mode.GRAPH}
        said = "runs in the same program, and still needs TF1's behaviour"
        return {path: f"{other} {said}" for path, other in self._meets(staying).items()}

    def _meets(self, names: set[str]) -> dict[str, str]:
        from migrate.source.programs import meets

        files = [path for path, name in self.paths.items() if name in names]
        return {self.paths[path]: self.paths[other] for path, other in meets(self.graph, files).items()}

    def _session_code(self) -> dict[str, Result]:
        """TF1 code without a rewritten site, of the programs in which session code stays."""
        from migrate.source.session_code import read_session_code

        staying = {path for path, result in self.by_path.items() if result.mode in (Mode.GRAPH, Mode.ANY)}
        changed = {path for path, result in self.by_path.items() if result.changed}
        made: dict[str, Result] = {}
        for path, other in self._meets(staying).items():
            file = next(absolute for absolute, name in self.paths.items() if name == path)
            if path in changed:
                continue
            try:
                before = decode(Path(path).read_bytes()).text
                code = read_session_code(before, switch=self._starts(file))
            except (OSError, MigrateError, SyntaxError, ValueError, RecursionError):
                # Its own result says what is wrong with it, if it may hold a site; else it is nobody's business.
                continue
            if code.text != before:
                mode = Mode.GRAPH if code.builds else Mode.ANY
                made[path] = Result(path, before, code.text, mode=mode, because=f"runs with {other}")
        return made

    def _starts(self, file: Path) -> bool:
        """Whether nothing imports a file, so that programs start with it."""
        return not list(self.graph.predecessors(file)) and file.name != "__init__.py"
