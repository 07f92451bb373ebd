"""Files: arrays in .npz archives, and nested states as arrays."""
