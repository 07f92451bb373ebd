"""Programs of the menu of examples; each runs by itself."""
