"""Notion as a feed: accounts, and tickets that others keep there, read into the store.

`bringing_in.NotionIntake(store=, api=, config=, tenant_id=, rejects=)` is all that others need:
`everything(now)` reads what is due (from end to end every `full_read_hours`, else what was edited)
and writes the feed's row (`app.domain.notion.NOTION`); `account(now, account_id)` reads one account
and its tickets. Both answer with figures.

Within: `account_values` and `ticket_values` read a row (`app.services.notion.rows`) without ever
raising, `stages` what a Status means, `ties` whose row it is, `account_writing` and
`ticket_writing` put a batch into the store, `accounts_reading` and `tickets_reading` ask Notion,
on the `ground` they share; `standing` is the feed's own row, `rejects` the file of refused values.
"""
