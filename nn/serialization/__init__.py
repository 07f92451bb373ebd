"""Models and arrays as files."""
