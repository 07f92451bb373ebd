"""Realistic programs drawn from a seed: what they are, how they run, how they are compared and shrunk.

=============  =====================================================================================
expressions    formulas as data: drawn, computed, written down, made smaller
blocks         what people write: layers, convolutions, norms, recurrent steps, attention
choices        what people decide in Python by numbers
results        what a program returns: losses, entries, penalties on parameters
description    a whole program as data, drawn from a seed
worlds         the same program made twice over: its weights, its arguments, its function
agreement      one of them lifted, the other by the engine; and whether they agree
shrinking      a failing program made as small as it gets
showing        a program as code that a person reads
=============  =====================================================================================
"""
