"""Activation functions, their derivatives and the vanishing gradient."""
