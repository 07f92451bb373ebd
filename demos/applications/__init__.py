"""Networks put to use: curves, flowers, digits, shapes in the plane, and names."""
