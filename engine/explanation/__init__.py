"""Why a gradient is what it is: paths, formulas, the chain rule written out."""
