"""The slips that the demo ``errata`` replays, and the right forms, each in code of its own."""
