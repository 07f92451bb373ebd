"""The tests of nn.optim, laid out as the sources are."""
