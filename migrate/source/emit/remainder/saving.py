"""The statements that save the module where the session was saved."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from migrate.source.emit.helpers import RESTORE_METHOD_NAMES, RESTORE_TAGS, SAVE_AS_TEXT, SET_METHOD_NAMES
from migrate.source.emit.module_class import decorated
from migrate.source.emit.respell import Names
from migrate.source.emit.spelling import Home
from migrate.source.emit.writer import CONTINUED, call
from migrate.source.flow import Outer
from migrate.source.sites import CLASSIFY, PREDICT, REGRESS, ExportSite
from migrate.source.strategies.plan import Function

if TYPE_CHECKING:
    import libcst as cst

    from migrate.source.emit.module_class import ClassWriter
    from migrate.source.emit.remainder.kept import KeptSteps
    from migrate.source.emit.remainder.target import Target
    from migrate.source.purity import Purity


class Saving:
    """Writes what takes the place of a builder's or `simple_save`'s calls.

    Attributes:
        helpers: The functions that the new code calls and the file has to have.
    """

    def __init__(
        self,
        target: Target,
        class_writer: ClassWriter,
        names: Names,
        kept: KeptSteps,
        purity: Purity,
        *,
        with_migrate: bool,
    ) -> None:
        self.target = target
        self.class_writer = class_writer
        self.plan = target.plan
        self.region = target.plan.kinds.region
        self.names = names
        self.kept = kept
        self.purity = purity
        self.with_migrate = with_migrate
        self.helpers: set[str] = set()

    def check(self, site: ExportSite) -> list[cst.BaseStatement]:
        """The builder raises where the export directory exists and is not empty; TF2 would overwrite it."""
        made: list[cst.BaseStatement] = []
        directory = self.target.text(site.directory, Names(Home.FILE))
        if not _is_attribute(site.directory) or not self._stable(site):
            name = self.target.free("export_dir")
            made.append(self.target.statement(call("", [], before=f"{name} = {directory}")[: -len("()")]))
            directory = name
        self.target.directories[site] = directory
        gfile = f"{self.target.tensorflow}.io.gfile"
        condition = f"if {gfile}.exists({directory}) and {gfile}.listdir({directory}):"
        error = f'raise AssertionError(f"Export directory is not empty: {{{directory}}}")'
        made.append(self.target.statement(f"{condition}\n\t{error}"))
        if self._needs_directory(site):
            made.append(self.target.statement(f"{gfile}.makedirs({directory})"))
        return made

    def _stable(self, site: ExportSite) -> bool:
        """Whether the export directory's expression still means the same where the model is saved."""
        node = site.directory
        if isinstance(node, ast.Attribute) and self.purity.unstable(node):
            return False
        return all(site.opened.env.get(name.id) is site.saved.env.get(name.id) for name, _ in self.region.names(node))

    def _needs_directory(self, site: ExportSite) -> bool:
        """Whether code before the save may write into the directory, which the builder made when it was opened."""
        used = {value for _, value in self.region.names(site.directory) if not isinstance(value, Outer)}
        return any(
            site.opened.index < step.index < site.saved.index
            and step in self.kept.steps
            and used & set(self.kept.reads(step))
            for step in self.region.steps
        )

    def save(self, site: ExportSite) -> list[cst.BaseStatement]:
        """`tf.saved_model.save` with the site's signatures, and what it leaves to do."""
        entries: list[tuple[str, str]] = []
        restored: list[tuple[str, str]] = []
        for signature in site.signatures:
            function = self.plan.keys[signature]
            key = self._key(signature.key, signature.key_node)
            entries.append((key, self._concrete(function)))
            if signature.method_name != PREDICT:
                restored.append((key, self._method_name(signature.method_name)))
        inner = "".join(f"{CONTINUED}{key}: {value.replace(chr(10), chr(10) + CONTINUED)},\n" for key, value in entries)
        directory = self.target.directories[site]
        line = f"signatures={{{', '.join(f'{key}: {value}' for key, value in entries)}}}"
        if len(entries) == 1 and len(line) < 68 and "\n" not in line:
            signatures = line
        else:
            signatures = f"signatures={{\n{inner}}}"
        text = call(
            f"{self.target.tensorflow}.saved_model.save",
            [self.target.model, directory, signatures],
            depth=1,
            indent=self.target.width,
        )
        made = [self.target.statement(text)]
        made += self._after_save(site, directory, restored)
        return made

    def _after_save(self, site: ExportSite, directory: str, restored: list[tuple[str, str]]) -> list[cst.BaseStatement]:
        """What TF2's save leaves to do: method names, text format, and the path that the builder returned."""
        made: list[cst.BaseStatement] = []
        if restored:
            setter = SET_METHOD_NAMES if self.with_migrate else RESTORE_METHOD_NAMES
            self.helpers.add(setter)
            names = "{\n" + "".join(f"{CONTINUED}{key}: {value},\n" for key, value in restored) + "}"
            made.append(self.target.statement(f"{setter}({directory}, {names})"))
        if site.tags is not None:
            self.helpers.add(RESTORE_TAGS)
            tags = self.target.text(site.tags, Names(Home.MODEL))
            made.append(self.target.statement(f"{RESTORE_TAGS}({directory}, {tags})"))
        made += self._as_text(site, directory)
        file = "saved_model.pbtxt" if site.as_text is not None and _true(site.as_text) else "saved_model.pb"
        path = (
            f'{self.target.tensorflow}.io.gfile.join({self.target.tensorflow}.compat.as_bytes({directory}), b"{file}")'
        )
        match site.saved.node:
            case ast.Return():
                made.append(self.target.statement(f"return {path}"))
            case ast.Assign(targets=[ast.Name(id=name)]):
                made.append(self.target.statement(f"{name} = {path}"))
        return made

    def _key(self, key: str, node: ast.expr | None) -> str:
        if node is not None and not isinstance(node, ast.Constant):
            text = self.target.text(node, Names(Home.MODEL))
            if text.startswith(f"{self.target.tensorflow}.") and len(text) < 80:
                return text
        return f'"{key}"' if '"' not in key and "\\" not in key else repr(key)

    def _method_name(self, name: str) -> str:
        if name == CLASSIFY:
            return f"{self.target.tensorflow}.saved_model.CLASSIFY_METHOD_NAME"
        if name == REGRESS:
            return f"{self.target.tensorflow}.saved_model.REGRESS_METHOD_NAME"
        return repr(name)

    def _concrete(self, function: Function) -> str:
        text = f"{self.target.model}.{function.name}"
        if decorated(function):
            return text
        specs = [self.class_writer.spec(entry, self.names) for entry in function.inputs]
        return call(f"{text}.get_concrete_function", specs, depth=3, indent=self.target.width)

    def _as_text(self, site: ExportSite, directory: str) -> list[cst.BaseStatement]:
        node = site.as_text
        if node is None or (isinstance(node, ast.Constant) and not node.value):
            return []
        self.helpers.add(SAVE_AS_TEXT)
        if isinstance(node, ast.Constant):
            return [self.target.statement(f"{SAVE_AS_TEXT}({directory})")]
        condition = self.target.text(node, self.names)
        return [self.target.statement(f"if {condition}:\n\t{SAVE_AS_TEXT}({directory})")]


def _true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)


def _is_attribute(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
