"""Lays graphs out and writes them as SVG, PNG or PDF."""
