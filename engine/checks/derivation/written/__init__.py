"""What a person wrote: its lines, what their names say, and how they are computed."""
