"""Outside records become facts here: files today. Speaks to the store through a `Unit` alone."""
