"""Hand-written NumPy: the baselines that lifted code is compared with."""
