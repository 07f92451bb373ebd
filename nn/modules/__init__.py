"""Modules: neurons, layers, networks, activations, dropout, embedding."""
