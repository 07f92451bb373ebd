"""What some demos are put together from, an idea to a file, where one file would be too long."""
