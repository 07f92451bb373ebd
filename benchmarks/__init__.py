"""Measures speed and memory side by side with other libraries.

``python -m benchmarks`` runs every workload; ``python -m benchmarks moons --only chainrule micrograd`` runs
one for two libraries; ``--list`` names them all. pyperf and the peers come with
``pip install -e ".[bench]"``; a peer that is not installed is named and left out.

How a figure comes about:

- A workload (:mod:`benchmarks.workloads`) is a computation, written once for all libraries of scalars.
- Each library runs it in a process of its own (``harness/worker.py``), with the garbage collector on and
  one thread. In a single process a library would pay for collecting another's garbage.
- Values and gradients of all libraries are compared first (``harness/agreement.py``); a difference is an
  error.
- The processes then take turns (``harness/rounds.py``), so that a noisy minute disturbs all of them alike.
- What is shown is the median over the rounds, the quartiles, and the ratio to a named library.

pyperf computes the statistics, describes the machine and writes the JSON file
(:mod:`benchmarks.harness.results`); ``python -m pyperf compare_to BEFORE AFTER`` compares two of them.
"""
