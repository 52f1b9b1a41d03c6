"""The agents. Each keeps to its own folder; they meet through events and handoffs alone."""
