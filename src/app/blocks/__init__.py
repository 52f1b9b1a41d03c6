"""Blocks: documents as Notion takes them, typed, and cut to its limits. Pure; it sends nothing.

`kinds` are the blocks, `rich_text.Run` their text, `chunks.planned` the requests that make them.
`layout.decide` says what to write where such blocks stand already, beside what people wrote.
"""
