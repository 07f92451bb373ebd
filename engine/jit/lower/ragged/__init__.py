"""Lets one group compute sums and sequences of different lengths."""
