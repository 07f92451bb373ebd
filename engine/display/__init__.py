"""How objects show themselves in notebooks: HTML, small charts, and whether this is a notebook at all."""
