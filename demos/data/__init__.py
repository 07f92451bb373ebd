"""Data that several demos use: truth tables and points of the plane."""
