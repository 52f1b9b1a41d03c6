"""Notion as agents meet it: the client they are given, blocks, and reading in full.

Facts about the API are of version 2026-03-11.
"""
