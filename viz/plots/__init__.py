"""Plots of training, gradients, boundaries and surfaces.

All plots draw on the axes ``ax``, or on those of a new figure, and return them; ``ax.figure`` is the figure.
``title``, ``xlabel`` and ``ylabel`` stand above, below and beside it. Without matplotlib they raise an
ImportError.
"""
