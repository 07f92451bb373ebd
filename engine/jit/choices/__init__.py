"""Turns short decisions, such as a relu written by hand, into ``where``: one program for both sides."""
