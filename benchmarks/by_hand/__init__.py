"""NumPy as an expert writes it, forward and backward by hand: what :func:`engine.jit` is measured with.

Everything that makes NumPy fast without making it something else is allowed here: weights in one vector, a
bias as one more column, samples along the fast axis, buffers allocated once and written with ``out=``, blocks
that fit the cache. Gradients are derived on paper and written down; nothing here is generated.
"""
