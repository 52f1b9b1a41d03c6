"""Promises about speed, measured as ratios side by side in one run. Never asserted in a test."""
