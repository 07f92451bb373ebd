"""Exercises: derivations with blanks, checked line by line, with hints on demand.

>>> from demos.exercise import sheet
>>> print(sheet().check(1, "dw = (y - t)*y*x"))
1. One neuron: not yet
  line 1, dw: chain broken: a factor of the chain rule is missing
  db is still blank
"""

from demos.exercise.exercise import Exercise
from demos.exercise.marking import Mark
from demos.exercise.sheet import Sheet, SheetError, read_sheet, sheet

__all__ = ["Exercise", "Mark", "Sheet", "SheetError", "read_sheet", "sheet"]
