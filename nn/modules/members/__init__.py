"""What is within a module: parameters, buffers and modules, how they are found, named, saved and loaded."""
