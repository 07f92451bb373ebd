"""Formulas: rules of the operator table read as trees, simplified, and written as text, LaTeX or C."""
