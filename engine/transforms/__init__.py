"""Transforms of functions: grad, jacobian, hessian, jvp, vjp and Taylor series."""
