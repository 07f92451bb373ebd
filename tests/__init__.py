"""The tests, laid out as the sources are: ``tests/nn/test_init.py`` tests ``nn/init.py``."""
