"""Drawings for pages: inline SVG from plain values, every text escaped; they know no store."""
