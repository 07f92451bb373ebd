"""Metrics: accuracy, confusion matrix, classification report."""
