"""Tickets and heartbeats through faults and kills: what `make prove-feeds` counts."""
