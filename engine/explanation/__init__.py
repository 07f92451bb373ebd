"""Explains a gradient: its paths, formulas, and the chain rule written out."""
