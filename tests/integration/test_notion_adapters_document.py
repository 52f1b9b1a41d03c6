"""The example of the named adapters' document runs as it stands, but for the address."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.domain.notion import NotionRole
from tests.integration.notion_workspace import Workspace
from tests.servers.notion import TOKEN

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "notion-adapters.md"


def test_the_example_prints_the_active_accounts() -> None:
    notion = Workspace()
    notion.row(NotionRole.ACCOUNTS, {"Name": "Acme", "Health Score": 62})
    notion.row(NotionRole.ACCOUNTS, {"Name": "Gone", "Renewal Date": "2020-01-01"})
    example = DOCUMENT.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    told = 'tenant_id="main"'
    assert example.count(told) == 1
    script = example.replace(told, f'{told}, base_url=os.environ["BASE_URL"]')

    with notion.server.serving() as address:
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={
                **os.environ,
                "BASE_URL": address,
                "NOTION_TOKEN": TOKEN,
                "ACCOUNTS_DATABASE": notion.databases[NotionRole.ACCOUNTS].database_id,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.stdout, done.stderr) == ("Acme 62 None\n", "")
