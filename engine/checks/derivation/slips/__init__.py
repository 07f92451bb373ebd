"""Known slips by name, and the single changes to an expression that undo them."""
