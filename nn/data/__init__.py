"""Data sets: reading, checking, splitting and batching samples."""
