"""Runs demos: options, text, pictures and the page of all of them."""
