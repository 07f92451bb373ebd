"""Finds steps that repeat in a traced graph, and lowers one of them, run many times, in place of all."""
