"""The networks of the demo ``networks``, one to a file, each with a function ``show``."""
