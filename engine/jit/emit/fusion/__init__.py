"""Puts statements together: what only one other reads, and what is added to it."""
