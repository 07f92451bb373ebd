"""Programs to run: ``python -m demos`` lists them, ``python -m demos xor`` runs one.

A demo is a module whose docstring gives its title and what one will see, with ``EPOCHS``, one thing to
``TRY``, and a function ``run(page)``, which prints and draws on a :class:`demos.runner.page.Page`. The
modules stand in chapters, as docs/syllabus.md has them; ``demos.program.catalog`` lists them.
"""
