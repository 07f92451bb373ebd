"""Reading formulas for the command line, python -m viz."""
