"""What stands in the place of one call: the helper's statements, with the names they get there."""

from __future__ import annotations

import ast
import re
from functools import cached_property

from migrate.source.inlining.body import BodyCopy, Target, parameter_names
from migrate.source.inlining.decided import Decided, first_set
from migrate.source.inlining.finding import Finder, Found
from migrate.source.inlining.nodes import (
    calls_nothing,
    defaults,
    identifiers,
    identifiers_of,
    in_loop,
    is_constant,
    lines_with_name,
    read_in_functions,
    returns_of,
    sets,
)
from migrate.source.inlining.only_read import is_constant_list, only_read
from migrate.source.inlining.text import LineEdits
from migrate.source.symbols import Bound, Scope
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable


class CallCopy:
    """The lines that replace one call."""

    def __init__(self, expander: Finder, found: Found, indent: str) -> None:
        assert found.function is not None
        self.source = expander.source
        self.symbols = expander.symbols
        self.region = expander.region
        self.region_scope = expander.scope
        self.found = found
        self.function = found.function
        self.scope = self.symbols.scope_of(found.function)
        self.indent = indent
        self.objects = {name: expander.class_of(name) for name in expander.objects}
        self.call = found.arguments or found.node
        self.edits = LineEdits()
        self.known: dict[str, ast.expr] = {}
        self.deleted = {
            node.id for node in walk(self.function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
        }
        self.own = self._own_identifiers()
        # Names of the module's graph, which the region has now.
        self.moved = expander.needs.moved
        self.taken = self._region_identifiers | self.own | set(self.symbols.module.bindings)

    def lines(self) -> list[str]:
        """The lines, with the indentation of the call's statement."""
        names = self._renames()
        before = self._arguments(names)
        target, after = self._target(names)
        self._captured()
        renamed = {old: new for old, new in names.items() if new != old}
        self._write(renamed)
        copy = BodyCopy(self.source, self.function, target, self.edits)
        set_at = {n: first_set(n, self.function) for n in self.known if len(self.scope.bindings[n]) > 1}
        decided = Decided(self.source, self.known, self._meaning, set_at, self._settled)
        lines = copy.lines(self.indent, renamed, decided)
        return [*before, *lines, *after]

    def _meaning(self, node: ast.expr) -> str | None:
        """What an argument is, if it is known to be a function: one of TensorFlow, or of the file."""
        found = self.symbols.resolve(node, self.region_scope)
        return node.id if found is None and isinstance(node, ast.Name) and self._is_function(node) else found

    def _is_function(self, name: ast.Name) -> bool:
        """Whether a name means a function or class of the module's top level, in the caller too."""
        module = self.symbols.module
        match module.bindings.get(name.id):
            case [Bound(node=(ast.FunctionDef() | ast.ClassDef()) as node)]:
                return node in self.source.tree.body and self.region_scope.owner(name.id) is module
        return False

    # -- names --

    def _own_identifiers(self) -> set[str]:
        return identifiers(self.function)

    @cached_property
    def _inside(self) -> set[ast.AST]:
        """What the helper is made of."""
        return set(walk(self.function))

    @cached_property
    def _region_identifiers(self) -> set[str]:
        """Names of the function that calls, without those of the helper if it stands inside."""
        found: set[str] = set(self.region_scope.bindings)
        for node in walk(self.region):
            if node not in self._inside:
                found |= identifiers_of(node)
        return found

    def _fresh(self, name: str) -> str:
        candidate, count = name, 2
        while candidate in self.taken:
            candidate, count = f"{name}_{count}", count + 1
        self.taken.add(candidate)
        return candidate

    def _renames(self) -> dict[str, str]:
        """A name for each local name of the helper that the caller does not use."""
        region = self._region_identifiers
        free = {
            node.id
            for statement in self.function.body
            for node, scope in self.source.names(statement, self.scope)
            if scope.owner(node.id) is not self.scope
        }
        names: dict[str, str] = {}
        for name in self.scope.bindings:
            clash = (name in region or name in free) and not self._is_unread(name)
            names[name] = self._fresh(name) if clash else name
            self.taken.add(names[name])
        return names

    def _is_unread(self, name: str) -> bool:
        """`_`, where it stands for what nobody reads."""
        return name == "_" and not any(isinstance(node.ctx, ast.Load) for node in self.source.named(name))

    # -- arguments --

    def _arguments(self, names: dict[str, str]) -> list[str]:
        """Gives parameters their names or values; the assignments that are needed, in the order of the call."""
        given = self._given()
        self.known = {name: node for name, _, node in given if node is not None}
        lines: list[str] = []
        for parameter, text, node in given:
            bindings = self.scope.bindings[parameter]
            if (
                len(bindings) == 1
                and parameter not in self.deleted
                and self._stays(parameter, node)
                and (self._substitutes(node) or self._literal(parameter, node))
            ):
                names[parameter] = text
            elif node is not None and isinstance(node, ast.Name) and node.id == names[parameter]:
                continue
            elif self._is_read(parameter) or (node is not None and not calls_nothing(node)):
                lines.append(f"{self.indent}{names[parameter]} = {text}")
        return lines

    def _stays(self, parameter: str, node: ast.expr | None) -> bool:
        """Whether functions that the helper makes see the argument for good, as they saw the parameter."""
        names = {inner.id for inner in walk(node) if isinstance(inner, ast.Name)} if node is not None else set()
        if all(len(self.region_scope.bindings.get(name, [])) <= 1 for name in names):
            return True
        return not any(
            name.id == parameter and scope is not self.scope and scope.owner(parameter) is self.scope
            for statement in self.function.body
            for name, scope in self.source.names(statement, self.scope)
        )

    def _is_read(self, parameter: str) -> bool:
        """Whether the body uses a parameter."""
        return any(
            node.id == parameter and scope.owner(parameter) is self.scope
            for statement in self.function.body
            for node, scope in self.source.names(statement, self.scope)
        )

    def _substitutes(self, node: ast.expr | None) -> bool:
        """Whether an argument may stand wherever its parameter is read."""
        match node:
            case ast.Constant(value=value):
                return not isinstance(value, str) or len(value) < 60
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return True
            case ast.Name(id=name):
                if any(name in scope.globals for scope in self.symbols.scopes()):
                    return False
                return not any(name in scope.bindings for scope in self._inner_scopes)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in self.objects:
                return self._set_once(name, attribute)
            case ast.Attribute():
                return self.symbols.resolve(node, self.region_scope) is not None or self._stable(node)
        return False

    @cached_property
    def _inner_scopes(self) -> list[Scope]:
        """The scopes inside of the helper."""
        return [scope for scope in self.symbols.scopes() if scope is not self.scope and scope.node in self._inside]

    def _stable(self, node: ast.Attribute) -> bool:
        """`FLAGS.hidden`, `config.hidden`: attributes that this file sets nowhere."""
        root: ast.expr = node
        if self.source.named("setattr"):
            return False
        while isinstance(root, ast.Attribute):
            if any(sets(other, root.attr, None) for other in self.symbols.nodes_of_kind(ast.Attribute)):
                return False
            root = root.value
        return isinstance(root, ast.Name) and root.id not in self.objects and self._substitutes(root)

    def _literal(self, parameter: str, node: ast.expr | None) -> bool:
        """Whether an argument is a short literal that the helper reads once, at once."""
        if not isinstance(node, (ast.List, ast.Tuple)) or "\n" in self.source.segment(node):
            return False
        if not all(self._substitutes(element) for element in node.elts):
            return False
        reads = [
            (name, scope)
            for statement in self.function.body
            for name, scope in self.source.names(statement, self.scope)
            if name.id == parameter and scope.owner(parameter) is self.scope
        ]
        return len(reads) == 1 and reads[0][1] is self.scope and not in_loop(self.source, reads[0][0], self.function)

    def _settled(self, node: ast.Attribute) -> ast.Constant | None:
        """The constant that an attribute of an object has for good, also where another object keeps that one."""
        owner = node.value
        if isinstance(owner, ast.Attribute):
            owner = self._kept(owner) or owner
        if isinstance(owner, ast.Name) and owner.id == self._self_name:
            owner = ast.Name(self.found.itself or "", ast.Load())
        if not isinstance(owner, ast.Name) or owner.id not in self.objects:
            return None
        value = self._kept(ast.Attribute(owner, node.attr, ast.Load()))
        return value if isinstance(value, ast.Constant) else None

    @property
    def _self_name(self) -> str | None:
        """What the method calls its object."""
        names = parameter_names(self.function)
        return names[0] if self.found.itself is not None and names else None

    def _kept(self, node: ast.Attribute) -> ast.expr | None:
        """What an attribute of an object was set to, once."""
        owner = node.value
        if not isinstance(owner, ast.Name):
            return None
        name = str(self.found.itself) if owner.id == self._self_name else owner.id
        if name not in self.objects or not self._set_once(name, node.attr):
            return None
        for statement in walk(self.region):
            match statement:
                case ast.Assign(targets=[ast.Attribute() as target], value=value) if sets(target, node.attr, name):
                    return value
        return None

    def _set_once(self, name: str, attribute: str) -> bool:
        """Whether an attribute of an object has got its one value already."""
        here = [node for node in walk(self.region) if sets(node, attribute, name)]
        setting = [
            method
            for cls in self.objects[name].lineage()
            for method in cls.methods.values()
            for node in walk(method)
            if sets(node, attribute, None)
        ]
        if len(here) != 1 or len(setting) > 1 or in_loop(self.source, here[0], self.region):
            return False
        if not setting or setting[0].name == "__init__":
            return True
        used = [n for n in walk(self.source.tree) if isinstance(n, ast.Attribute) and n.attr == setting[0].name]
        return len(used) <= 1

    def _given(self) -> list[tuple[str, str, ast.expr | None]]:
        """Each parameter with the text it is given, in the order of evaluation."""
        function, call = self.function, self.call
        parameters = parameter_names(function)
        found: list[tuple[str, str, ast.expr | None]] = []
        if self.found.itself is not None:
            if not parameters:
                raise Unprovable(CONTROL_FLOW, f"{function.name} has no self", function)
            itself = ast.Name(self.found.itself, ast.Load())
            found.append((parameters[0], self.found.itself, itself))
            if len(self.scope.bindings[parameters[0]]) > 1:
                raise Unprovable(CONTROL_FLOW, f"{function.name} sets {parameters[0]}", function)
            parameters = parameters[1:]
        if isinstance(call, ast.Attribute):
            return found
        if any(isinstance(a, ast.Starred) for a in call.args) or any(not k.arg for k in call.keywords):
            raise Unprovable(ELSEWHERE, f"the arguments of {function.name} are passed on with * or **", call)
        positional = [a.arg for a in [*function.args.posonlyargs, *function.args.args]]
        positional = positional[1:] if self.found.itself is not None else positional
        if len(call.args) > len(positional):
            raise Unprovable(ELSEWHERE, f"{function.name} is given too many arguments", call)
        for name, argument in zip(positional, call.args, strict=False):
            found.append((name, self._text(argument), argument))
        for keyword in call.keywords:
            name = str(keyword.arg)
            if name not in parameters or name in {one for one, _, _ in found}:
                raise Unprovable(ELSEWHERE, f"{function.name} has no parameter {name}", call)
            found.append((name, self._text(keyword.value), keyword.value))
        known = {name for name, _, _ in found}
        for name, default in defaults(function):
            if name in known:
                continue
            if default is None:
                raise Unprovable(ELSEWHERE, f"{function.name} is called without {name}", call)
            if not is_constant(default) and not self._is_same(name, default):
                raise Unprovable(
                    CONTROL_FLOW, f"the default of {function.name}'s {name} is evaluated when it is defined", default
                )
            found.append((name, self.source.segment(default), default))
        return found

    def _is_same(self, parameter: str, default: ast.expr) -> bool:
        """Whether a default may be evaluated at each call: names of functions, and lists that are only looked at."""
        if isinstance(default, ast.Name) and self._is_function(default):
            return True
        if isinstance(default, (ast.Name, ast.Attribute)):
            return self.symbols.resolve(default, self.symbols.module) is not None
        return is_constant_list(default) and only_read(parameter, self.function, self.source)

    def _text(self, node: ast.expr) -> str:
        if any(isinstance(inner, ast.NamedExpr) for inner in walk(node)):
            raise Unprovable(CONTROL_FLOW, "an argument binds a name", node)
        text = self.source.segment(node)
        if "\n" in text:
            return f"({text})" if not isinstance(node, (ast.Call, ast.List, ast.Tuple, ast.Dict)) else text
        return text

    # -- the value --

    def _target(self, names: dict[str, str]) -> tuple[Target, list[str]]:
        """What the value is assigned to, and the statement that follows if the call was a part of one."""
        statement, node = self.found.statement, self.found.node
        if self.found.makes is not None:
            return Target(None), []
        whole = getattr(statement, "value", None) is node
        match statement:
            case ast.Expr() if whole:
                return Target(None), []
            case ast.Return() if whole:
                return Target("return", kept=True), []
            case ast.Assign(targets=[target]) if whole:
                given = self._returned_names(target, names)
                return Target(self.source.segment(target), given), []
            case ast.AnnAssign(target=ast.Name(id=name)) if whole:
                return Target(name, (name,)), []
        wanted = self._single_name()
        name = names[wanted] if wanted is not None else self._fresh(f"{self.function.name.strip('_')}_value")
        return Target(name, (name,)), lines_with_name(self.source, statement, node, name)

    def _single_name(self) -> str | None:
        """The local name that the helper returns, if it always is that one."""
        values = [node.value for node in returns_of(self.function)]
        found = {value.id if isinstance(value, ast.Name) else None for value in values}
        (name,) = found if len(found) == 1 else (None,)
        return name if name in self.scope.bindings and name not in parameter_names(self.function) else None

    def _returned_names(self, target: ast.expr, names: dict[str, str]) -> tuple[str, ...]:
        """The names of a target; what the helper calls them becomes their name where nothing else has it."""
        elements = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        if not all(isinstance(element, ast.Name) for element in elements):
            return ()
        wanted = tuple(element.id for element in elements if isinstance(element, ast.Name))
        values = [node.value for node in returns_of(self.function)]
        shapes = {
            tuple(n.id if isinstance(n, ast.Name) else None for n in (v.elts if isinstance(v, ast.Tuple) else [v]))
            for v in values
            if v is not None
        }
        if len(shapes) == 1 and None not in values:
            (made,) = shapes
            if len(made) == len(wanted) and len(set(wanted)) == len(wanted):
                for local, outer in zip(made, wanted, strict=True):
                    self._share(local, outer, list(made), names)
        return wanted

    def _share(self, local: str | None, outer: str, made: list[str | None], names: dict[str, str]) -> None:
        """Gives a local name of the helper the name that its value gets in the caller."""
        if local is None or local not in self.scope.bindings or local in parameter_names(self.function):
            return
        bound = self.region_scope.bindings.get(outer, [])
        if len(bound) != 1 or made.count(local) != 1 or outer in self.region_scope.globals:
            return
        if outer != local and outer in self.own:
            return
        if isinstance(self.region, ast.Module) and read_in_functions(self.source, outer, self.function):
            return
        names[local] = outer

    # -- writing --

    def _captured(self) -> None:
        """Refuses names from outside the helper that mean something else in the caller."""
        for statement in self.function.body:
            for node, scope in self.source.names(statement, self.scope):
                owner = scope.owner(node.id)
                if owner is not None and owner.node in self._inside:
                    continue
                here = self.region_scope.owner(node.id)
                if owner is None and node.id in self.moved and here is self.region_scope:
                    continue
                if here is not owner:
                    raise Unprovable(
                        CONTROL_FLOW, f"'{node.id}' means something else in {self.function.name} than here", node
                    )

    def _write(self, renamed: dict[str, str]) -> None:
        for statement in self.function.body:
            for node, scope in self.source.names(statement, self.scope):
                new = renamed.get(node.id)
                if new is not None and scope.owner(node.id) is self.scope:
                    self.edits.put(self.source, node, new)
            for inner in walk(statement):
                self._write_other(inner, renamed)

    def _write_word(self, node: ast.FunctionDef | ast.ClassDef | ast.ExceptHandler, name: str, new: str) -> None:
        """Another name for what a statement defines, behind `def`, `class` or `as`."""
        word = {ast.FunctionDef: "def", ast.ClassDef: "class"}.get(type(node), "as")
        found = list(re.finditer(rf"\b{word}\s+({name})\b", self.source.lines[node.lineno - 1]))
        if len(found) != 1:
            raise Unprovable(CONTROL_FLOW, f"'{name}' of {self.function.name} is a name here, too", node)
        self.edits.parts.setdefault(node.lineno, []).append((*found[0].span(1), new))

    def _write_other(self, node: ast.AST, renamed: dict[str, str]) -> None:
        match node:
            case ast.Call(func=ast.Name(id="super") as name, args=[]) if self.found.owner is not None:
                self.edits.put(self.source, node, f"super({self.found.owner.node.name}, {self.found.itself})")
                assert name is node.func
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                if name in renamed and any(one.node is node for one in self.scope.bindings.get(name, ())):
                    self._write_word(node, name, renamed[name])
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                for alias in aliases:
                    name = (alias.asname or alias.name).partition(".")[0]
                    if name in renamed:
                        raise Unprovable(CONTROL_FLOW, f"'{name}' of {self.function.name} is a name here, too", node)
