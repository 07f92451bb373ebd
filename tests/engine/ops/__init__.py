"""Tests of the table, laid out as its files are."""
