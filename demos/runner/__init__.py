"""What every demo prints and draws on."""
