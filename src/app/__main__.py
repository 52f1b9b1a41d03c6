"""The `tend` command's door."""

from __future__ import annotations

import sys

from app.cli.main import run


def main() -> None:
    """Run the command line; exits with the command's code."""
    run(sys.argv[1:])


if __name__ == "__main__":
    main()
