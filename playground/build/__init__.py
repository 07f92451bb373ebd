"""The page without a server: a static site, and one HTML file, with the engine in the tab.

``python -m playground build DIR`` and ``--single FILE`` write them; see :mod:`playground.build.command`.
"""
