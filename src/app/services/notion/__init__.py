"""Notion, API 2026-03-11: what is sent, at whose pace, and what its answers and errors mean.

It knows no column of ours and no rule.
"""
