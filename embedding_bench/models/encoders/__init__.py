"""Token vectors -> one vector per text."""
