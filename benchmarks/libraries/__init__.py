"""Adapters of the libraries, behind common protocols."""
