"""Samples: data sets, batches and splits."""
