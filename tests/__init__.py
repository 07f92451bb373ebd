"""The tests, laid out as the sources are: ``tests/engine/test_value.py`` tests ``engine/value.py``."""
