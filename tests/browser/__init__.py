"""The dashboard in a real browser, served by `tend run` as a process of its own."""
