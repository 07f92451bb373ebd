"""Every transform there is, as a function of f and of the number to take it at."""

import numpy as np

import engine

TRANSFORMS = {
    "grad": lambda f, x: engine.grad(f)(x),
    "value_and_grad": lambda f, x: engine.value_and_grad(f)(x),
    "jacobian": lambda f, x: engine.jacobian(f)(x),
    "jacfwd": lambda f, x: engine.jacfwd(f)(x),
    "jacrev": lambda f, x: engine.jacrev(f)(x),
    "hessian": lambda f, x: engine.hessian(f)(x),
    "hvp": lambda f, x: engine.hvp(f, (x,), (1.0,)),
    "jvp": lambda f, x: engine.jvp(f, (x,), (1.0,)),
    "vjp": lambda f, x: engine.vjp(f, x)[1](1.0),
    "linearize": lambda f, x: engine.linearize(f, x)[1](1.0),
    "elementwise_grad": lambda f, x: engine.elementwise_grad(f)(x),
    "derivatives": lambda f, x: engine.derivatives(f, x, 3),
    "taylor": lambda f, x: engine.taylor(f, x, 3),
    "gradcheck": lambda f, x: engine.gradcheck(f, x),
    "grad of grad": lambda f, x: engine.grad(engine.grad(f))(x),
    "jit": lambda f, x: engine.jit(f)(x),
    "jit, batched": lambda f, x: engine.jit(f, batch=True)([x, x + 1.0]),
    "grad of jit": lambda f, x: engine.grad(engine.jit(f))(x),
    "jit of grad": lambda f, x: engine.jit(engine.grad(f))(x),
    "vmap": lambda f, x: engine.vmap(f)(np.array([x, x + 1.0])),
}
