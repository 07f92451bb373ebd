"""Training: fit, callbacks, history, early stopping, checkpoints, prediction."""
