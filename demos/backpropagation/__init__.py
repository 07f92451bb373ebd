"""The chain rule: along a chain, over all paths, in matrices, lifted, and against nudging each weight."""
