"""The `tend` command's door."""

from __future__ import annotations

from app.cli.main import run


def main() -> None:
    """Run the command line; exits with the command's code."""
    run()


if __name__ == "__main__":
    main()
