"""Programs to run: ``python -m demos`` lists them, ``python -m demos xor`` runs one.

A demo is a module of this package with a ``TITLE``, a default number of ``EPOCHS`` and a function
``run(options, account)``. ``demos.program.catalog`` lists them; ``demos.runner`` holds what they share.
"""
