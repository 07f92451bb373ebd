"""Tests of nn.optim.lr_scheduler."""
