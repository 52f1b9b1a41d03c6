"""Notion, API 2026-03-11: what is sent, at whose pace, and what its answers and errors mean.

It knows no column of ours and no rule. The public names:

- `client.NotionApi(token=, tenant_id=, limiter=, base_url=, transport=)`, closed by `aclose()`:
  `pages.create/update/retrieve/property_items`, `blocks.retrieve/update/delete`,
  `blocks.children.append/list`, `data_sources.query/retrieve/create/update`,
  `databases.create/retrieve/update`, `users.me`, `file_uploads.create/send/retrieve` take
  notion-client's keyword arguments and refuse those that they do not know; `call` for the rest.
- `query.query_all`, `query.changed_since`, `query.row_digest`; `paging.children_of`,
  `paging.property_values`, `paging.relation_ids`: whole answers, page by page.
- `appending.append_planned`: the requests that `app.blocks.chunks.planned` makes of blocks.
- `columns` (what we know in each database), `config.NotionConfig`.
- `errors.UnknownOutcome` (look it up by key before another try), `errors.NotionRefused` (its
  `status` and `code`), `errors.BlockLimitReached`, `errors.QueryIncomplete`.
"""
