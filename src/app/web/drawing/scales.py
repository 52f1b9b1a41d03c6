"""What drawings share: places in percent of their width, and band zones behind a score.

A drawing without a view box stretches with the page while its text and strokes keep their size.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.domain.band import Band

BAND_STYLE = {
    Band.GREEN: "good",
    Band.AMBER: "watch",
    Band.RED: "bad",
    Band.UNKNOWN: "unknown",
}
"""The style sheet's word for each band's colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From which score on a band is Amber, and from which it is Green; both 0-100."""

    red: int
    """Below it, Red."""
    amber: int
    """Below it, Amber."""

    @property
    def zones(self) -> tuple[tuple[Band, int, int], ...]:
        """Each band with its lowest score and the next one's, lowest first; no empty one."""
        edges = ((Band.RED, 0, self.red), (Band.AMBER, self.red, self.amber))
        every = (*edges, (Band.GREEN, self.amber, 100))
        return tuple([zone for zone in every if zone[1] < zone[2]])


def percent(share: float) -> str:
    """A place or width as a part of the drawing's, such as `12.5%`."""
    return f"{round(100 * share, 2):g}%"


def titled(key: str, title: str, desc: str = "") -> tuple[Markup, Markup]:
    """The attributes and first children that name a drawing; `key` is unique on its page."""
    if not desc:
        return (
            Markup('role="img" aria-labelledby="{}-t"').format(key),
            Markup('<title id="{}-t">{}</title>').format(key, title),
        )
    return (
        Markup('role="img" aria-labelledby="{0}-t {0}-d"').format(key),
        Markup('<title id="{0}-t">{1}</title><desc id="{0}-d">{2}</desc>').format(key, title, desc),
    )
