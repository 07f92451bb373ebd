"""Makes one program of both sides of a short decision, such as a relu written by hand, by ``where``."""
