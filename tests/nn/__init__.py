"""The tests of nn, laid out as the sources are."""
