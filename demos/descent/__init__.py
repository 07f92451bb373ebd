"""Gradient descent: its surfaces, its full rule, its batch sizes, and its variants."""
