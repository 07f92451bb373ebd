"""Programs that run: arrays on the native executor or NumPy, tapes, lines on floats; and as C and JAX."""
