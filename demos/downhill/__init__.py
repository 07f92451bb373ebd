"""The parts of the demos ``descent`` and ``optimizers``: surfaces, ways down them, and rules for a step."""
