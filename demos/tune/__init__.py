"""A sweep over the choices a person makes."""
