"""How each library is made ready for the workloads; a file a library, each with a function ``load()``.

The modules are called after the libraries they import; each is imported in that library's process only.
"""
