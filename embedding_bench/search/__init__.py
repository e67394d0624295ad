"""Search for settings: drawing, rounds of trials, and what they tell."""
