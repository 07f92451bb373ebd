"""A sweep over the hyperparameters."""
