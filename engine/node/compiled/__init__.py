"""The compiled node: Cython sources, and the build where there is one."""
