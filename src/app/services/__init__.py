"""Words and places: each module speaks to one outside thing and knows no rules."""
