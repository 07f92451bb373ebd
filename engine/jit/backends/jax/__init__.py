"""Array programs as pure functions of JAX, which differentiates them itself (extra ``[jax]``)."""
