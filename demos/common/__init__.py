"""What the demos share: options, the printed account, progress, training to a goal, pictures."""
