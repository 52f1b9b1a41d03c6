"""Python files as the house rules see them: parsed modules, ports, and readers of annotations.

It knows syntax and the names of rooms, not the rules.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

N = TypeVar("N", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place that breaks a rule, and how to mend it."""

    path: str
    line: int
    rule: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.mend}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A Python file, parsed; `path` is relative to the repository, with slashes."""

    path: str
    text: str
    tree: ast.Module

    @property
    def is_source(self) -> bool:
        """Whether it ships."""
        return self.path.startswith("src/")

    @property
    def is_test(self) -> bool:
        """Whether it is a test or serves one."""
        return self.path.startswith("tests/")

    def at(self, place: ast.stmt | ast.expr | ast.arg | ast.ExceptHandler | int) -> tuple[str, int]:
        """Path and line of a node of this file."""
        return self.path, place if isinstance(place, int) else place.lineno

    def nodes(self, *kinds: type[N]) -> Iterator[N]:
        """All nodes of these kinds, outermost first."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones included."""
        return (node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is known of the whole tree: ports with their methods, and what counts as a part."""

    ports: dict[str, frozenset[str]]
    collaborators: frozenset[str]
    """Ports, and plain classes: neither a value (dataclass) nor derived from anything."""

    @classmethod
    def of(cls, modules: Iterable[Module]) -> House:
        """Read what the shipped modules declare."""
        classes = [c for module in modules if module.is_source for c in module.nodes(ast.ClassDef)]
        ports = {c.name: public_methods(c) for c in classes if is_port(c)}
        plain = {c.name for c in classes if not c.bases and not c.decorator_list}
        return cls(ports=ports, collaborators=frozenset(ports) | plain)

    def prescribed(self, methods: frozenset[str]) -> frozenset[str]:
        """The methods of the largest port that all stand in `methods`; empty where none does."""
        served = (port for port in self.ports.values() if port <= methods)
        return max(served, key=len, default=frozenset())


def is_port(class_: ast.ClassDef) -> bool:
    """Whether the class is a Protocol."""
    return any("Protocol" in union(base) for base in class_.bases)


def is_property(function: Function) -> bool:
    """Whether it is decorated as a property, cached or not."""
    return any((last_name(d) or "").endswith("property") for d in function.decorator_list)


def public_methods(class_: ast.ClassDef) -> frozenset[str]:
    """Names of its own public methods; properties are not methods."""
    methods = (node for node in class_.body if isinstance(node, FUNCTIONS))
    return frozenset(m.name for m in methods if not m.name.startswith("_") and not is_property(m))


def parameters(function: Function) -> tuple[ast.arg, ...]:
    """All of its parameters, the starred ones included."""
    given = function.args
    starred = (arg for arg in (given.vararg, given.kwarg) if arg is not None)
    return (*given.posonlyargs, *given.args, *given.kwonlyargs, *starred)


def docstring_lines(function: Function) -> int:
    """How many lines its docstring takes."""
    first = function.body[0]
    has_one = ast.get_docstring(function) is not None
    return (first.end_lineno or first.lineno) - first.lineno + 1 if has_one else 0


def union(annotation: ast.expr | None) -> frozenset[str]:
    """The plain names an annotation is or is a union of, `None` spelled so; generics by origin."""
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return union(left) | union(right)
        case ast.Constant(value=None):
            return frozenset({"None"})
        case ast.Constant(value=str(quoted)):
            return union(ast.parse(quoted, mode="eval").body)
        case ast.Subscript(value=origin, slice=inner) if last_name(origin) == "Optional":
            return union(inner) | {"None"}
        case ast.Subscript(value=origin):
            return union(origin)
        case None:
            return frozenset()
        case _:
            name = last_name(annotation)
            return frozenset() if name is None else frozenset({name})


def names(node: ast.expr | None) -> frozenset[str]:
    """Every plain name and attribute within an expression."""
    inner = ast.walk(node) if node is not None else ()
    return frozenset(name for part in inner if (name := last_name(part)) is not None)


def last_name(node: ast.AST) -> str | None:
    """`c` of `c`, `a.b.c` and `a.b.c(…)`; None for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=called):
            return last_name(called)
        case _:
            return None


def chain(node: ast.AST) -> tuple[str, ...]:
    """`("a", "b", "c")` of `a.b.c`; calls and subscripts on the way are stepped over."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=inner, attr=name):
            return (*chain(inner), name)
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return chain(inner)
        case _:
            return ()
