"""Reports of gradients, and detection of nan and infinities."""
