"""The tests of viz, laid out as the sources are."""
