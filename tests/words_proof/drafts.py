"""Drafts that came twice of crashes and time-outs, over Gmail and IMAP together."""

from __future__ import annotations

from tests.words_proof.gmail_drafts import gmail_trials
from tests.words_proof.imap_drafts import imap_trials


def doubled_drafts(n: int, *, seed: int = 5) -> int:
    """How many drafts were doubled in `n` trials over each of them."""
    return gmail_trials(n, seed=seed) + imap_trials(n, seed=seed)
