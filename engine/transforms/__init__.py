"""Functions of functions: grad, jacobian, hessian, products and Taylor series."""
