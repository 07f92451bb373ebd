"""Plots of training, gradients, boundaries and surfaces."""
