"""Templates by name: a tenant's own file goes before ours, and ours stands in where it fails.

A tenant's own template runs in a sandbox: it sees the facts it is given and nothing of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.services.letter_offer import OfferView
from app.services.letter_view import LetterView

OURS = Path(__file__).with_name("templates")
TemplateFacts: TypeAlias = Mapping[str, str | LetterView | OfferView]

_FAILURES = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a template may end in: its own errors, and those of the expressions in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A template's text."""

    text: str
    trouble: str = ""
    """Why the tenant's own template was not used; empty: it was, or there is none."""


class TemplateSource:
    """All templates of a tenant. A file of its own that changes is read anew."""

    def __init__(self, own: Path | None) -> None:
        """`own`: the tenant's folder of templates; None: there is none."""
        self._own = own
        folders = [OURS] if own is None else [own, OURS]
        self._sandbox = _environment(ImmutableSandboxedEnvironment, folders)

    def has_own(self, name: str) -> bool:
        """Whether the tenant has a template of this name, such as `health_checkin.txt`."""
        return self._own is not None and (self._own / name).is_file()

    def render(self, name: str, facts: TemplateFacts) -> Rendered:
        """The text of a template; of ours, with the trouble, where the tenant's own fails."""
        trouble = ""
        if self.has_own(name):
            try:
                return Rendered(text=self._sandbox.get_template(name).render(facts))
            except _FAILURES as exc:
                trouble = f"your own {name} cannot be used: {_told(exc)}"
        return Rendered(text=our_template(name).render(facts), trouble=trouble)


def our_template(name: str) -> Template:
    """One of ours, read and compiled once for everybody who words anything in this process."""
    return _ours().get_template(name)


@cache
def _ours() -> Environment:
    return _environment(Environment, [OURS], auto_reload=False)


def _environment(
    kind: type[Environment], folders: list[Path], *, auto_reload: bool = True
) -> Environment:
    return kind(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        auto_reload=auto_reload,
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _told(exc: BaseException) -> str:
    """In words, with the line where it is known; the last frame in a template tells it."""
    said = (str(exc) or type(exc).__name__).splitlines()[0]
    if isinstance(exc, TemplateSyntaxError):
        return f"line {exc.lineno}: {said}"
    line, trace = 0, exc.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".txt"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"line {line}: {said}" if line else said
