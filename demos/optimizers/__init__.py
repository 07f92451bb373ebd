"""Optimisers raced from one point of one surface."""
