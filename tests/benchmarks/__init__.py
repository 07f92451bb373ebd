"""Tests of the benchmarks: that they compute what they say and write what they measured; never how fast."""
