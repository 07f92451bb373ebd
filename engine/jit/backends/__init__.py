"""What runs a program that is not one of arrays: tapes in the compiled core, and lines on floats."""
