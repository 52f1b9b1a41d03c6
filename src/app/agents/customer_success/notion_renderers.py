"""A review as Notion blocks: what a customer may be shown, and the internal block apart.

`…_blocks` are typed, of any length; `render_…` are the same as JSON objects.
"""

from __future__ import annotations

from app.agents.customer_success.qbr_page import review_page
from app.agents.customer_success.qbr_text import INTERNAL_TITLE
from app.agents.customer_success.schemas import QBRContent
from app.blocks.built import block_objects
from app.blocks.documents import section_blocks
from app.blocks.kinds import Block, Bullet, Heading, Paragraph, Toggle
from app.blocks.rich_text import NotionObject


def render_qbr_blocks(qbr: QBRContent) -> list[NotionObject]:
    """The review: its title as H2, what it is of, then an H3 and its blocks for each section.

    Its internal notes are not looked at.
    """
    return block_objects(review_blocks(qbr))


def render_qbr_internal_blocks(qbr: QBRContent) -> list[NotionObject]:
    """The internal notes, a line each, in one toggle that says so: never for the customer."""
    return block_objects([internal_block(qbr)])


def review_blocks(qbr: QBRContent) -> tuple[Block, ...]:
    """The review as typed blocks, for the customer's eyes too."""
    page = review_page(qbr, for_customer=True)
    title = " ".join(f"{page.kind} - {page.title}".split())
    facts = " · ".join(" ".join(fact.split()) for fact in page.facts)
    return (
        Heading(words=title, level=2),
        Paragraph(words=facts),
        *(block for section in page.sections for block in section_blocks(section)),
    )


def internal_block(qbr: QBRContent) -> Toggle:
    """The internal notes as one typed block."""
    lines = [" ".join(line.split()) for line in qbr.internal_notes.splitlines() if line.strip()]
    notes = tuple(Bullet(words=line) for line in lines or ["Nothing to note."])
    return Toggle(words=INTERNAL_TITLE, children=notes)
