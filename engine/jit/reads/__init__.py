"""Tells what a function reads beside its arguments that no look at places would show."""
