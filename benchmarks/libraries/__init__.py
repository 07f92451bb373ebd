"""The libraries measured, each behind the same protocol."""
