"""Programs written from layouts: NumPy source, lines on floats, files of their own."""
