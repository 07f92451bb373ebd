"""Speed and memory side by side with other libraries, and anyone can run it again.

``python -m benchmarks`` runs every workload; ``python -m benchmarks moons --only chainrule micrograd`` runs
one for two libraries; ``--list`` says what there is. The peers come with ``pip install -e ".[bench]"``; one
that is not installed is named and left out.

How a figure comes about:

- A workload (:mod:`benchmarks.workloads`) is a computation, written once for all libraries of scalars.
- Each library runs it in a process of its own (``harness/worker.py``), with the garbage collector on and
  one thread. In a single process a library would pay for collecting another's garbage.
- Values and gradients of all libraries are compared first (``harness/agreement.py``); a difference is an
  error.
- The processes then take turns (``harness/rounds.py``), so that a noisy minute disturbs all of them alike.
- What is shown is the median over the rounds, the quartiles, and the ratio to a named library.

The result as JSON is described in :mod:`benchmarks.harness.results`.
"""
