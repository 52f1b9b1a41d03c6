"""The rules of this house that ruff and mypy cannot see; `python -m tools.house_rules`.

Prints `file:line: rule: mend` for each finding and exits 1 when there is any.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from tools.checkout import read_tree
from tools.syntax import (
    FUNCTIONS,
    Finding,
    House,
    Module,
    chain,
    docstring_lines,
    is_port,
    is_property,
    last_name,
    names,
    parameters,
    public_methods,
    union,
)

MODULE_LINES, TEST_MODULE_LINES, FUNCTION_LINES, PUBLIC_METHODS = 300, 600, 40, 7

BOUNDARIES = frozenset(
    {
        "src/app/agents/base.py",  # the agent boundary
        "src/app/cli/main.py",  # the command line's edge
        "src/app/events/consuming.py",  # event delivery
        "src/app/jobs/dbos_engine.py",  # the job runner: what crashed is logged, then raised again
    }
)
"""The only files that may ever catch everything, once each, with a per-file ignore of BLE001."""

DECIDING_AGENT_MODULES = (
    *("addressee", "adoption", "alerting", "announcements", "availability", "churn"),
    *("commitment", "escalation", "expansion", "explain", "health_report", "health_scorer"),
    *("inputs", "ledger", "letter_facts", "matching", "maturity", "plans", "profile"),
    *("profile_page", "profile_people", "profile_sections", "profile_words", "readings", "recap"),
    *("relationship", "relevance", "roadmap", "schemas", "signals", "trust", "usage"),
    *("bands", "gate", "internal_notes", "modules", "narrative", "phrases", "qbr"),
    *("hearing", "letter", "opportunities", "qbr_page", "qbr_text", "qbr_words", "reported"),
    *("review_adoption", "review_growth", "review_health", "review_value", "stand_in"),
)
DECIDING_NOTION_MODULES = (
    *("columns", "fields", "property_values", "row_keys", "ticket_rows", "setup/address"),
    *("setup/bodies", "setup/drift", "setup/estimate", "setup/fitness", "setup/matching"),
    *("setup/schema", "setup/wishes"),
)
DECIDING = (
    *("src/app/domain/*", "src/app/words/*", "src/app/handoffs/*", "src/app/blocks/layout*.py"),
    "src/app/feeds/account_resolver.py",
    *(f"src/app/feeds/sync_{a}.py" for a in ("deciding", "item", "paths", "reading", "tally")),
    *(f"src/app/services/notion/{name}.py" for name in DECIDING_NOTION_MODULES),
    *(f"src/app/agents/{name}.py" for name in ("asking", "routing", "slug", "*_success/reading")),
    *(f"src/app/agents/*/{name}.py" for name in DECIDING_AGENT_MODULES),
)
"""Code that decides: pure, never awaiting, and covered whole."""

WORDY = re.compile(r"(/|_)prompts\.py$|/(templates|migrations)/")
"""Texts and migrations grow with their subject, not with complexity."""

WIRE = re.compile(
    r"src/app/services/[^/]+/models\.py$|serializers?\.py$|/migrations/|src/app/storage/types\.py$"
)
VAGUE = frozenset(
    ("util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "base")
)
NAMED_BY_CONTRACT = frozenset({"technical_account_manager", "base"})
MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "create_autospec", "mocker"})
HIDING = frozenset({"skip", "skipif", "xfail", "importorskip"})
PATCHING = frozenset({"setattr", "setitem", "delattr", "delitem", "syspath_prepend"})

# The character classes keep these patterns from finding themselves.
UNFINISHED = re.compile(r"\b(T[O]DO|FI[X]ME|X[X]X)\b|NotI[m]plementedError|not i[m]plemented")
MACHINE = re.compile(r"/(ro[o]t|wo[r]k)/|p[y]pi\.o|pythonh[o]sted|npm[j]s\.|deb\.debi[a]n")

Findings = Iterator[tuple[tuple[str, int], str]]
"""Place and mend; the rule's name is added where all rules are run."""


def object_typed(module: Module, _house: House) -> Findings:
    """A parameter or a result typed `object`, alone or in a union.

    A test's builder may take `**overrides: object`: it passes them on unseen.
    """
    for function in module.functions():
        unseen = function.args.kwarg if module.is_test else None
        taken = (arg.annotation for arg in parameters(function) if arg is not unseen)
        for annotation in (*taken, function.returns):
            if annotation is not None and "object" in union(annotation):
                yield module.at(annotation), "name the type or a Protocol"


def any_typed(module: Module, _house: House) -> Findings:
    """`Any` outside wire models, serializers and migrations."""
    for imported in module.nodes(ast.ImportFrom):
        brings_any = any(name.name == "Any" for name in imported.names)
        if brings_any and module.is_source and not WIRE.search(module.path):
            yield module.at(imported), "use JsonValue, a model or a Protocol"


def optional_collaborator(module: Module, house: House) -> Findings:
    """A collaborator that may be None: a parameter of `__init__` or a dataclass field."""
    for class_ in module.nodes(ast.ClassDef) if module.is_source else ():
        fields = [node for node in class_.body if isinstance(node, ast.AnnAssign)]
        methods = [node for node in class_.body if isinstance(node, FUNCTIONS)]
        taken = [a for method in methods if method.name == "__init__" for a in parameters(method)]
        owners: tuple[ast.AnnAssign | ast.arg, ...] = (*fields, *taken)
        for owner in owners:
            may_be = union(owner.annotation)
            if "None" in may_be and may_be & house.collaborators:
                yield module.at(owner), "require it; bootstrap chooses a real stand-in"


def undocumented_port(module: Module, house: House) -> Findings:
    """A port's member without its promise.

    A property that only hands out another port is documented by that port, and a dunder by its
    class: both stay quiet.
    """
    for class_ in module.nodes(ast.ClassDef) if module.is_source else ():
        members = [node for node in class_.body if isinstance(node, FUNCTIONS)]
        for member in members if is_port(class_) else ():
            hands_out = is_property(member) and union(member.returns) <= house.ports.keys()
            speaks_for_itself = hands_out or member.name.startswith("__")
            if ast.get_docstring(member) is None and not speaks_for_itself:
                yield module.at(member), f"say what {class_.name}.{member.name} promises"


def module_length(module: Module, _house: House) -> Findings:
    """More lines than a module (300) or a test module (600) may have."""
    limit = TEST_MODULE_LINES if module.is_test else MODULE_LINES
    lines = len(module.text.splitlines())
    if lines > limit and not WORDY.search(module.path):
        yield module.at(1), f"{lines} lines, {limit} is the end: split by finding or noun"


def function_length(module: Module, _house: House) -> Findings:
    """More than 40 lines, decorators and docstring not counted.

    A command's signature is its help text, one option after another: in cli/ the body counts alone.
    """
    for function in module.functions():
        begin = function.body[0] if module.path.startswith("src/app/cli/") else function
        lines = (function.end_lineno or function.lineno) - begin.lineno + 1
        lines -= docstring_lines(function)
        if lines > FUNCTION_LINES and not WORDY.search(module.path):
            yield (
                module.at(function),
                f"{function.name}: {lines} lines, {FUNCTION_LINES} is the end",
            )


def public_surface(module: Module, house: House) -> Findings:
    """A class with more than 7 public methods that no port prescribes.

    Ports may have more, and so may what serves tests: it stands in for whatever they need.
    """
    for class_ in module.nodes(ast.ClassDef) if not module.is_test else ():
        methods = public_methods(class_)
        own = methods - house.prescribed(methods)
        if len(own) > PUBLIC_METHODS and not is_port(class_):
            yield module.at(class_), f"{class_.name}: {len(own)} public methods make two classes"


def awaiting_decision(module: Module, _house: House) -> Findings:
    """Deciding code that awaits."""
    if any(fnmatch(module.path, pattern) for pattern in DECIDING):
        mend = "code that decides never awaits: fetch first, pass the facts in"
        statements = module.nodes(ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
        yield from ((module.at(statement), mend) for statement in statements)
        yield from ((module.at(expression), mend) for expression in module.nodes(ast.Await))


def blanket_catch(module: Module, _house: House) -> Findings:
    """`except Exception`, bare or suppressed, beyond one in each boundary file."""
    everything = {"Exception", "BaseException"}
    places = [
        module.at(handler)
        for handler in module.nodes(ast.ExceptHandler)
        if handler.type is None or names(handler.type) & everything
    ] + [
        module.at(call)
        for call in module.nodes(ast.Call)
        if last_name(call.func) == "suppress" and names(call) & everything
    ]
    allowed = 1 if module.path in BOUNDARIES else 0
    for place in places[allowed:] if module.is_source else ():
        yield place, "catch what the call raises, by name"


def vague_name(module: Module, _house: House) -> Findings:
    """A module or a class named for nothing, or for being the second of its name."""
    for part in PurePosixPath(module.path).with_suffix("").parts:
        is_vague = set(part.lower().split("_")) & VAGUE or part.endswith("2")
        if is_vague and part not in NAMED_BY_CONTRACT:
            yield module.at(1), f"{part!r}: name it for the noun it holds"
    for class_ in module.nodes(ast.ClassDef):
        if re.search(r"(Manager|Helpers?|Utils?|2)$", class_.name):
            yield module.at(class_), f"{class_.name}: name it for its role"


def printing(module: Module, _house: House) -> Findings:
    """Printing from a room that does not own the terminal."""
    for call in module.nodes(ast.Call) if module.is_source else ():
        owns_terminal = module.path.startswith("src/app/cli/")
        if last_name(call.func) == "print" and not owns_terminal:
            yield module.at(call), "log the fact, or return it to cli/"


def mocking(module: Module, _house: House) -> Findings:
    """A mock, a patch, or monkeypatch on anything but the environment and the working folder."""
    for node in module.nodes(ast.Name, ast.Attribute) if module.is_test else ():
        path = chain(node)
        patches = path[-1:] == ("patch",) and path[0] in {"patch", "mock", "unittest"}
        stubs = path[:1] == ("monkeypatch",) and path[-1] in PATCHING
        if set(path) & MOCKS or patches or stubs:
            yield module.at(node), "write a fake for the port and assert on its state"


def hidden_test(module: Module, _house: House) -> Findings:
    """A test that is skipped or expected to fail."""
    for node in module.nodes(ast.Attribute) if module.is_test else ():
        if node.attr in HIDING and chain(node)[:1] in {("pytest",), ("unittest",), ("mark",)}:
            yield module.at(node), "make it run, or take the promise back"


RULES: tuple[Callable[[Module, House], Findings], ...] = (
    object_typed,
    any_typed,
    optional_collaborator,
    undocumented_port,
    module_length,
    function_length,
    public_surface,
    awaiting_decision,
    blanket_catch,
    vague_name,
    printing,
    mocking,
    hidden_test,
)


def wording(path: str, text: str) -> Iterator[Finding]:
    """Unfinished work in what ships; index hosts and machine paths anywhere."""
    for number, line in enumerate(text.splitlines(), start=1):
        if path.startswith("src/") and UNFINISHED.search(line):
            yield Finding(path=path, line=number, rule="unfinished", mend="finish it or drop it")
        if MACHINE.search(line):
            mend = "name no index host and no path of a machine"
            yield Finding(path=path, line=number, rule="machine-words", mend=mend)


def findings(files: Mapping[str, str]) -> list[Finding]:
    """All findings over these files (path from the repository's root, to text), in order."""
    modules = [
        Module(path=path, text=text, tree=ast.parse(text, filename=path))
        for path, text in files.items()
        if path.endswith(".py")
    ]
    house = House.of(modules)
    found = [
        Finding(path=path, line=line, rule=rule.__name__.replace("_", "-"), mend=mend)
        for module in modules
        for rule in RULES
        for (path, line), mend in rule(module, house)
    ]
    found += [finding for path, text in files.items() for finding in wording(path, text)]
    return sorted(found, key=lambda finding: (finding.path, finding.line, finding.rule))


def main() -> int:
    """Check the working folder's repository; 0 when nothing is found.

    With `--deciding` say which files decide, in coverage's own words, and check nothing.
    """
    if sys.argv[1:] == ["--deciding"]:
        print(",".join(DECIDING))
        return 0
    found = findings(read_tree(Path.cwd()))
    for finding in found:
        print(finding)
    print(f"house rules: {len(found)} to mend" if found else "house rules: kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
