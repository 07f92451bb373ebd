"""Array programs as C: the instructions of the native executor, written down as loops."""
