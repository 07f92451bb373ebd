"""Which line of the user's code runs, and what it calls."""
