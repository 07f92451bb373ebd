"""What every demo uses: options, text, pictures, training and comparison."""
