"""Pictures from the command line: python -m viz."""
