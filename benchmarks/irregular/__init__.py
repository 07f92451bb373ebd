"""Scalar programs with little that repeats, each also written on arrays as it suits ``jax.jit``.

The scalar form is ``f(m, x, …)``: ``m`` is where ``sin``, ``exp``, ``logsumexp``, … are taken from, ``x`` a
list of numbers, Values or symbols. The array form is ``f_of_arrays(library, x, …)`` with ``x`` an array and
the adapter's ``numpy``, ``scan`` and ``solve_triangular``; a scan is unrolled as far as was fastest in jax.
Both give one number. Where arrays do not help, the scalar form is the only one.
"""
