"""Writes programs: NumPy source from layouts, lines on floats, files of their own."""
