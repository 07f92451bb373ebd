"""The user's line that runs, and what it calls."""
